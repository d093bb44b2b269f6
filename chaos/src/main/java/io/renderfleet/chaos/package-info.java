/** The chaos test: injects faults into a fleet of real processes by a seeded plan and then verifies every guarantee. */
@NullMarked
package io.renderfleet.chaos;

import org.jspecify.annotations.NullMarked;
