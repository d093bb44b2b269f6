package io.renderfleet.bench.calls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallCounterTests {
    private static final CallKind SENDS = new CallKind(CallKind.SQS, "SendMessageBatch", "master");
    private static final CallKind PUTS = new CallKind(CallKind.S3, "PutObject", "results");

    private final CallCounter counter = new CallCounter();

    @Test
    void tellsWhatCameSinceASnapshot() {
        counter.add(SENDS, CallCount.sent(false));
        counter.add(PUTS, CallCount.sent(false));
        Calls before = counter.snapshot();
        counter.add(SENDS, CallCount.sent(true));
        counter.add(SENDS, CallCount.answered(10, false, 0, 0));

        Calls since = counter.snapshot().since(before);

        assertThat(since.byKind()).containsOnlyKeys(SENDS);
        assertThat(since.sum(kind -> true)).isEqualTo(new CallCount(1, 1, 0, 10, 0, 0, 0));
    }

    @Test
    void sumsOverKinds() {
        counter.add(SENDS, CallCount.sent(false));
        counter.add(SENDS, CallCount.failed(2));
        counter.add(PUTS, CallCount.sent(false));

        Calls calls = counter.snapshot();

        assertThat(calls.sum(kind -> kind.service().equals(CallKind.SQS)))
                .isEqualTo(new CallCount(1, 0, 1, 0, 0, 2, 0));
        assertThat(calls.sum(kind -> true).calls()).isEqualTo(2);
        assertThat(calls.sum(kind -> false)).isEqualTo(CallCount.NONE);
    }
}
