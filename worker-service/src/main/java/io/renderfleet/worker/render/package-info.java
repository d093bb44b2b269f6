/** Does render jobs: the design from the store, the scene from memory, the picture from the renderer. */
@NullMarked
package io.renderfleet.worker.render;

import org.jspecify.annotations.NullMarked;
