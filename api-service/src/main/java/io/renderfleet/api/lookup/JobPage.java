package io.renderfleet.api.lookup;

import io.renderfleet.job.JobId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the jobs of a user, newest first.
 *
 * @param unreadable the ids of the jobs on this page that this version of the service cannot read
 * @param next the cursor of the next page; left out on the last page
 */
@Schema(name = "JobPage")
record JobPage(
        List<JobView> items,
        List<JobId> unreadable,
        @Nullable String next) {}
