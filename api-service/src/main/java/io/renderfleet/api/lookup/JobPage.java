package io.renderfleet.api.lookup;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of a user's jobs, newest first.
 *
 * @param next the cursor of the next page; left out when there is none
 */
@Schema(name = "JobPage")
record JobPage(List<JobView> items, @Nullable String next) {}
