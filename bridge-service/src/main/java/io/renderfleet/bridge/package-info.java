/** Connects Kafka: records of detection results become inference jobs, and completion events become records. */
@NullMarked
package io.renderfleet.bridge;

import org.jspecify.annotations.NullMarked;
