/** A Java client of the HTTP API. It knows the fields that all jobs have and leaves those of a job type to its caller. */
@NullMarked
package io.renderfleet.client;

import org.jspecify.annotations.NullMarked;
