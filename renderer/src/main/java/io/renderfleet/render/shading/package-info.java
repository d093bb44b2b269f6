/** Materials: textures, surface attributes at a hit, and how a surface scatters light. */
@NullMarked
package io.renderfleet.render.shading;

import org.jspecify.annotations.NullMarked;
