/** The job: what it is, how its state may change, and the store that enforces it. */
@NullMarked
package io.renderfleet.job;

import org.jspecify.annotations.NullMarked;
