/** Percentiles and aligned text tables for the reports of the benchmarks, the chaos test and the simulator. */
@NullMarked
package io.renderfleet.report;

import org.jspecify.annotations.NullMarked;
