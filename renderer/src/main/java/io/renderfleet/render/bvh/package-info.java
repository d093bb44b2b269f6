/** The bounding volume hierarchy: built once per scene, walked by every ray. */
@NullMarked
package io.renderfleet.render.bvh;

import org.jspecify.annotations.NullMarked;
