/** Triangles and vertex attributes in flat arrays, in world space. */
@NullMarked
package io.renderfleet.render.geometry;

import org.jspecify.annotations.NullMarked;
