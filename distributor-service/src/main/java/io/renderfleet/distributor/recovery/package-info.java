/** Finds jobs that stand still and letters that nobody delivers, and brings both to an end. */
@NullMarked
package io.renderfleet.distributor.recovery;

import org.jspecify.annotations.NullMarked;
