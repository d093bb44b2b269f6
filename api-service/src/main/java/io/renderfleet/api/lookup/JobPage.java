package io.renderfleet.api.lookup;

import io.renderfleet.job.JobId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of a user's jobs, newest first.
 *
 * @param unreadable the ids of the jobs that belong on this page too and that this version of the service cannot read
 * @param next the cursor of the next page; left out when there is none
 */
@Schema(name = "JobPage")
record JobPage(
        List<JobView> items,
        List<JobId> unreadable,
        @Nullable String next) {}
