package io.renderfleet.bench.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.bench.calls.CallCounter.Tally;
import org.junit.jupiter.api.Test;

class CallCounterTests {
    private static final CallKind SENDS = new CallKind(CallKind.SQS, "SendMessageBatch", "master");
    private static final CallKind PUTS = new CallKind(CallKind.S3, "PutObject", "results");

    private final CallCounter counter = new CallCounter();

    @Test
    void tellsWhatCameSinceASnapshot() {
        counter.add(SENDS, Tally.CALLS, 5);
        counter.add(PUTS, Tally.CALLS, 1);
        Calls before = counter.snapshot();
        counter.add(SENDS, Tally.CALLS, 2);
        counter.add(SENDS, Tally.ENTRIES, 20);

        Calls since = counter.snapshot().since(before);

        assertThat(since.byKind()).containsOnlyKeys(SENDS);
        assertThat(since.sum(kind -> true)).isEqualTo(new CallCount(2, 0, 0, 20, 0, 0, 0));
    }

    @Test
    void sumsOverKinds() {
        counter.add(SENDS, Tally.CALLS, 5);
        counter.add(PUTS, Tally.CALLS, 1);

        Calls calls = counter.snapshot();

        assertThat(calls.sum(kind -> kind.service().equals(CallKind.SQS)).calls())
                .isEqualTo(5);
        assertThat(calls.sum(kind -> true).calls()).isEqualTo(6);
        assertThat(calls.sum(kind -> false)).isEqualTo(CallCount.NONE);
    }
}
