/** Reads untrusted glTF 2.0 files: checks limits and structure before it allocates memory. */
@NullMarked
package io.renderfleet.render.gltf;

import org.jspecify.annotations.NullMarked;
