/** The job type {@code render}, which renders a picture of a design. */
@NullMarked
package io.renderfleet.jobtype.render;

import org.jspecify.annotations.NullMarked;
