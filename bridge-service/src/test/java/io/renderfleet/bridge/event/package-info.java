/** Tests of what the bridge decides about single records. */
@NullMarked
package io.renderfleet.bridge.event;

import org.jspecify.annotations.NullMarked;
