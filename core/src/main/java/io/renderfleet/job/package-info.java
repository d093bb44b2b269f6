/** The job: its parts, the legal changes of its state, and the stores that enforce them. */
@NullMarked
package io.renderfleet.job;

import org.jspecify.annotations.NullMarked;
