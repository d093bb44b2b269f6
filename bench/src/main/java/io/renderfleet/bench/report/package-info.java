/** Figures beside their targets, as a table and as JSON. */
@NullMarked
package io.renderfleet.bench.report;

import org.jspecify.annotations.NullMarked;
