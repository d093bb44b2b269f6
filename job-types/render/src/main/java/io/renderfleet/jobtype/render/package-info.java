/** The job type render: a picture of a design. */
@NullMarked
package io.renderfleet.jobtype.render;

import org.jspecify.annotations.NullMarked;
