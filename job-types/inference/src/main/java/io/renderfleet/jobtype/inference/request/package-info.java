/** Inference jobs in the API: the fields of a request, and what a valid one is. */
@NullMarked
package io.renderfleet.jobtype.inference.request;

import org.jspecify.annotations.NullMarked;
