/** The images of a task in a worker: fetched before the call of the model, so that no provider fetches anything. */
@NullMarked
package io.renderfleet.jobtype.inference.fetch;

import org.jspecify.annotations.NullMarked;
