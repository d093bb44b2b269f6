/** The names of everything the services measure. */
@NullMarked
package io.renderfleet.telemetry;

import org.jspecify.annotations.NullMarked;
