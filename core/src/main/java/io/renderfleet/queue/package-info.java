/** Lanes, queue names, and the one way messages about jobs are sent, received and let go. */
@NullMarked
package io.renderfleet.queue;

import org.jspecify.annotations.NullMarked;
