package io.renderfleet.api.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.renderfleet.fuzz.TimeLimit;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.JobHistory;
import io.renderfleet.problem.ProblemException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Reading the parameters of a listing ends with a query or with a {@link ProblemException} of the client. */
class ListingFuzzTests {
    private static final Cursors CURSORS = new Cursors(
            new LookupSettings("0123456789abcdef0123456789abcdef", Duration.ofMinutes(1), Duration.ofSeconds(1)));

    private static final List<String> NAMES =
            List.of("userId", "status", "createdAfter", "createdBefore", "limit", "cursor", "batchId", "designId");

    /** A cursor of a query is accepted for the same query. */
    @FuzzTest
    void parameters(FuzzedDataProvider data) {
        TimeLimit.check(() -> readParameters(data));
    }

    private static void readParameters(FuzzedDataProvider data) {
        Map<String, String[]> parameters = new HashMap<>();
        for (String name : NAMES) {
            if (data.consumeBoolean()) {
                parameters.put(name, new String[] {data.consumeString(200)});
            }
        }
        int labels = data.consumeInt(0, 25);
        if (labels > 0) {
            parameters.put(
                    "label",
                    IntStream.range(0, labels)
                            .mapToObj(_ -> data.consumeString(110))
                            .toArray(String[]::new));
        }
        ListingRequest listing;
        try {
            listing = ListingRequest.read(Caller.ANYONE, parameters, List.of("designId"), CURSORS);
        } catch (ProblemException e) {
            assertThat(e.type().status().is4xxClientError()).isTrue();
            return;
        }
        JobHistory.Position from = listing.query().from();
        if (from != null) {
            assertThat(CURSORS.read(CURSORS.write(from, listing.listing()), listing.listing()))
                    .contains(from);
        }
    }
}
