/** Submission of jobs: checks requests completely, then stores and queues the job before the client gets a response. */
@NullMarked
package io.renderfleet.api.submission;

import org.jspecify.annotations.NullMarked;
