/** Runs render jobs: the design from the store, the scene from memory, the picture from the renderer. */
@NullMarked
package io.renderfleet.jobtype.render.run;

import org.jspecify.annotations.NullMarked;
