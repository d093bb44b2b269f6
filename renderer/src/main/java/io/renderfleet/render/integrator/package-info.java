/** The path tracer: samples, paths, tiles and passes that turn a scene into radiance. */
@NullMarked
package io.renderfleet.render.integrator;

import org.jspecify.annotations.NullMarked;
