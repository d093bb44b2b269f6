/** Inference jobs in a worker: how a task gets its answer. */
@NullMarked
package io.renderfleet.jobtype.inference.run;

import org.jspecify.annotations.NullMarked;
