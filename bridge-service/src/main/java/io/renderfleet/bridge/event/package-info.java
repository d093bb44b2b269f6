/** Submits the records of a topic as events, and keeps those that cannot be submitted in a dead-letter topic. */
@NullMarked
package io.renderfleet.bridge.event;

import org.jspecify.annotations.NullMarked;
