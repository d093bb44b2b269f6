/** Sends the completion events of jobs to a topic, with the results of the jobs. */
@NullMarked
package io.renderfleet.bridge.result;

import org.jspecify.annotations.NullMarked;
