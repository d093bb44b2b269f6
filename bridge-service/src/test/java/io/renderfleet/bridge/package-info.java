/** Tests of the bridge with real brokers. */
@NullMarked
package io.renderfleet.bridge;

import org.jspecify.annotations.NullMarked;
