/** Keeps ECS from ending this worker's task while it works. */
@NullMarked
package io.renderfleet.worker.protection;

import org.jspecify.annotations.NullMarked;
