/** The benchmarks of {@code make bench}: the idle and the loaded fleet, its AWS calls, and the renderer. */
@NullMarked
package io.renderfleet.bench;

import org.jspecify.annotations.NullMarked;
