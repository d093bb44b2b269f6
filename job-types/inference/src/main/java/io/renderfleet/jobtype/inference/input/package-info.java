/** {@code PUT /inputs/{name}}, and what the messages of requests may have: their form, and references to images. */
@NullMarked
package io.renderfleet.jobtype.inference.input;

import org.jspecify.annotations.NullMarked;
