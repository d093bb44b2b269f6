package io.renderfleet.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the jobs that match a query, newest first.
 *
 * @param next the cursor of the next page; null on the last one
 */
public record JobPage(List<Job> items, @Nullable String next) {
    public JobPage {
        items = List.copyOf(items);
    }
}
