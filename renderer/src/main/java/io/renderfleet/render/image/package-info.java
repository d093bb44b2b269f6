/** From linear radiance to the bytes of a picture. */
@NullMarked
package io.renderfleet.render.image;

import org.jspecify.annotations.NullMarked;
