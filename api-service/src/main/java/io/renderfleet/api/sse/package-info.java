/** Pushes events to any number of HTTP clients as server-sent events. */
@NullMarked
package io.renderfleet.api.sse;

import org.jspecify.annotations.NullMarked;
