/** {@code PUT /inputs/{name}}, and how jobs in the API refer to uploaded images. */
@NullMarked
package io.renderfleet.jobtype.inference.input;

import org.jspecify.annotations.NullMarked;
