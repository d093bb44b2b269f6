/** Runs jobs of one region: takes them from its queue, does the work, stores what comes out. */
@NullMarked
package io.renderfleet.worker;

import org.jspecify.annotations.NullMarked;
