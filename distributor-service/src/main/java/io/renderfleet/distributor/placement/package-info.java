/** Decides which region gets which job. Pure: depends on neither AWS nor Spring nor a clock. */
@NullMarked
package io.renderfleet.distributor.placement;

import org.jspecify.annotations.NullMarked;
