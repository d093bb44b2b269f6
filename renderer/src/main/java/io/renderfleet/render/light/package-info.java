/** The lights of a scene and how to sample them. */
@NullMarked
package io.renderfleet.render.light;

import org.jspecify.annotations.NullMarked;
