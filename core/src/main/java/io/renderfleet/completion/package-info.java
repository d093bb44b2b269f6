/** The events that tell sinks, such as the live stream and the alerts, that a job has ended. */
@NullMarked
package io.renderfleet.completion;

import org.jspecify.annotations.NullMarked;
