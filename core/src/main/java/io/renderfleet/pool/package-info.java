/** Worker pools: which there are in a deployment, and what each is like. */
@NullMarked
package io.renderfleet.pool;

import org.jspecify.annotations.NullMarked;
