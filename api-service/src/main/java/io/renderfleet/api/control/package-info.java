/** Cancels and retries jobs. */
@NullMarked
package io.renderfleet.api.control;

import org.jspecify.annotations.NullMarked;
