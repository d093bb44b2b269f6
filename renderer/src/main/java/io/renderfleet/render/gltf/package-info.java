/** Reads glTF 2.0 files that may be hostile: limits and structure first, memory after. */
@NullMarked
package io.renderfleet.render.gltf;

import org.jspecify.annotations.NullMarked;
