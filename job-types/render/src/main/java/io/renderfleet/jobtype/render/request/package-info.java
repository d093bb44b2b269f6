/** The request of a render job, its validation, and its conversion to a payload. */
@NullMarked
package io.renderfleet.jobtype.render.request;

import org.jspecify.annotations.NullMarked;
