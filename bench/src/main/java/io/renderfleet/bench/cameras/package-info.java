/** Measures how long events of cameras take from their acceptance to the answers of the model. */
@NullMarked
package io.renderfleet.bench.cameras;

import org.jspecify.annotations.NullMarked;
