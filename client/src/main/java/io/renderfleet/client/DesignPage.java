package io.renderfleet.client;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the stored designs, in the order of their ids.
 *
 * @param next the cursor of the next page; null on the last one
 */
public record DesignPage(List<Entry> items, @Nullable String next) {
    public DesignPage {
        items = List.copyOf(items);
    }

    /** A design of a listing. {@link RenderfleetClient#design} has more about it. */
    public record Entry(String designId, Instant storedAt) {}
}
