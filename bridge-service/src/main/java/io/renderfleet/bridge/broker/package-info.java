/** The connection to Kafka: its settings, whether it can be used, and how records are sent. */
@NullMarked
package io.renderfleet.bridge.broker;

import org.jspecify.annotations.NullMarked;
