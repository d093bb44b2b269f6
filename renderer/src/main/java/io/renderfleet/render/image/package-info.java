/** Converts linear radiance to the pixels of a picture. */
@NullMarked
package io.renderfleet.render.image;

import org.jspecify.annotations.NullMarked;
