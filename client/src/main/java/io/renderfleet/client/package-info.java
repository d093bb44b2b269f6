/** A Java client of the HTTP API, for jobs of any type. The caller supplies the fields that depend on the job type. */
@NullMarked
package io.renderfleet.client;

import org.jspecify.annotations.NullMarked;
