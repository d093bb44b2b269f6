/** The pools of workers in a deployment: their names, kinds and slots. */
@NullMarked
package io.renderfleet.pool;

import org.jspecify.annotations.NullMarked;
