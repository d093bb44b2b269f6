/** The interfaces that a job type implements: a request and a payload for the API, a runner for the worker. */
@NullMarked
package io.renderfleet.jobtype;

import org.jspecify.annotations.NullMarked;
