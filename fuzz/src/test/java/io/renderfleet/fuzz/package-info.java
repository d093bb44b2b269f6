/** The inputs from which the fuzzer starts. */
@NullMarked
package io.renderfleet.fuzz;

import org.jspecify.annotations.NullMarked;
