/** A second job type, which no main source knows: what the engine is proved with. */
@NullMarked
package io.renderfleet.testing.echo;

import org.jspecify.annotations.NullMarked;
