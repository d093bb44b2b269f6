/** The benchmark report: figures with their targets, as a text table and as JSON. */
@NullMarked
package io.renderfleet.bench.report;

import org.jspecify.annotations.NullMarked;
