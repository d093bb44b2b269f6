/** The bounding volume hierarchy (BVH), which is built once per scene and traversed by every ray. */
@NullMarked
package io.renderfleet.render.bvh;

import org.jspecify.annotations.NullMarked;
