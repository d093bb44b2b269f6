/** Runs the jobs of one region: receives their messages, runs them and stores their results. */
@NullMarked
package io.renderfleet.worker;

import org.jspecify.annotations.NullMarked;
