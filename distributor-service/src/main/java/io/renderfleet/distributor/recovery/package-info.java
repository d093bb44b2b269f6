/** Recovers open jobs that do not progress, and ends the jobs of dead letters. */
@NullMarked
package io.renderfleet.distributor.recovery;

import org.jspecify.annotations.NullMarked;
