/** The chaos test: injects faults into a fleet of real processes by a seeded plan and verifies every promise afterwards. */
@NullMarked
package io.renderfleet.chaos;

import org.jspecify.annotations.NullMarked;
