/** Protects this worker's task from being stopped by ECS while it runs jobs. */
@NullMarked
package io.renderfleet.worker.protection;

import org.jspecify.annotations.NullMarked;
