/** {@code POST /events}: detection results of cameras, which event templates turn into inference jobs. */
@NullMarked
package io.renderfleet.jobtype.inference.event;

import org.jspecify.annotations.NullMarked;
