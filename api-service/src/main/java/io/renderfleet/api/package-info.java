/** The public HTTP API: checks requests, submits and looks up jobs, and writes the responses. */
@NullMarked
package io.renderfleet.api;

import org.jspecify.annotations.NullMarked;
