/** What gives light, and how to choose points on it. */
@NullMarked
package io.renderfleet.render.light;

import org.jspecify.annotations.NullMarked;
