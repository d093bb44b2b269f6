package io.renderfleet.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the jobs that a query asks for, newest first.
 *
 * @param next the cursor of the next page; null on the last one
 */
public record JobPage(List<Job> items, @Nullable String next) {
    public JobPage {
        items = List.copyOf(items);
    }
}
