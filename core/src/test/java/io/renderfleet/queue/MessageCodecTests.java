package io.renderfleet.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.job.JobId;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.UserId;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.TraceParent;
import io.renderfleet.testing.JobBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCodecTests {
    private static final JobMessage MESSAGE = new JobMessage(
            JobId.random(),
            new UserId("studio 1"),
            JobBuilder.POOL,
            Lane.NORMAL,
            3,
            List.of(new RegionId("us-west-2")),
            null);

    @Test
    void readsWhatItWrote() {
        assertThat(MessageCodec.read(MessageCodec.write(MESSAGE))).isEqualTo(MESSAGE);
    }

    @Test
    void readsAMessageThatMayGoAnywhere() {
        JobMessage anywhere = new JobMessage(
                JobId.random(), new UserId("studio-1"), JobBuilder.POOL, Lane.NORMAL, 0, List.of(), null);
        assertThat(MessageCodec.read(MessageCodec.write(anywhere))).isEqualTo(anywhere);
    }

    @Test
    void keepsTheTraceOfTheClientOnItsWay() {
        JobMessage traced = new JobMessage(
                MESSAGE.jobId(),
                MESSAGE.userId(),
                MESSAGE.pool(),
                MESSAGE.lane(),
                0,
                List.of(),
                null,
                TraceParent.of("4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"));

        assertThat(MessageCodec.read(MessageCodec.write(traced))).isEqualTo(traced);
        assertThat(traced.withRouteEpoch(1).trace()).isEqualTo(traced.trace());
        assertThat(MessageCodec.write(MESSAGE)).doesNotContain("trace");
    }

    @Test
    void staysSmall() {
        assertThat(MessageCodec.write(MESSAGE)).hasSizeLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "not json",
                "{\"jobId\":\"x\"}",
                "{\"jobId\":\"6a2f6f0e-6f2b-4c0e-9a39-0e3c1f2d3a4b\"}",
                "{\"jobId\":\"6a2f6f0e-6f2b-4c0e-9a39-0e3c1f2d3a4b\",\"userId\":\"u\",\"lane\":\"NORMAL\",\"routeEpoch\":-1}",
                "{\"jobId\":\"6a2f6f0e-6f2b-4c0e-9a39-0e3c1f2d3a4b\",\"userId\":\"u\",\"pool\":\"p\",\"lane\":\"NORMAL\",\"routeEpoch\":0,\"trace\":\"x\"}",
                "{\"jobId\":\"6a2f6f0e-6f2b-4c0e-9a39-0e3c1f2d3a4b\",\"userId\":\"u\",\"lane\":\"FAST\",\"routeEpoch\":0}",
            })
    void refusesUnknownMessages(String body) {
        assertThatExceptionOfType(MessageCodec.UnreadableMessageException.class)
                .isThrownBy(() -> MessageCodec.read(body));
    }

    @Test
    void doesNotParseAMegabyteOfNoise() {
        assertThatExceptionOfType(MessageCodec.UnreadableMessageException.class)
                .isThrownBy(() -> MessageCodec.read("x".repeat(1 << 20)))
                .withMessageContaining("1048576");
    }

    @Test
    void groupsByUserAndReplacesWhatSqsWouldRefuse() {
        assertThat(MessageCodec.group(MESSAGE)).matches("[0-9a-f]{64}");
        JobMessage plain = new JobMessage(
                JobId.random(), new UserId("studio-1"), JobBuilder.POOL, Lane.NORMAL, 0, List.of(), null);
        assertThat(MessageCodec.group(plain)).isEqualTo("studio-1");
    }

    @Test
    void groupsOrderedJobsByUserAndKey() {
        String ours = MessageCodec.group(ordered("studio-1", "shoe-7"));
        assertThat(ours).isEqualTo(MessageCodec.group(ordered("studio-1", "shoe-7")));
        assertThat(ours).isNotEqualTo(MessageCodec.group(ordered("studio-2", "shoe-7")));
        assertThat(ours).isNotEqualTo(MessageCodec.group(ordered("studio-1", "shoe-8")));
        assertThat(ours).matches("[0-9a-f]{64}");
    }

    private static JobMessage ordered(String user, String key) {
        return new JobMessage(
                JobId.random(), new UserId(user), JobBuilder.POOL, Lane.ORDERED, 0, List.of(), new OrderingKey(key));
    }

    @Test
    void namesQueuesAsTheyAreDeployed() {
        QueueNames names = new QueueNames("prod");
        RegionId region = new RegionId("us-west-2");
        assertThat(names.master(JobBuilder.POOL, Lane.NORMAL)).isEqualTo("renderfleet-prod-master-render-normal");
        assertThat(names.regional(region, JobBuilder.POOL, Lane.ORDERED))
                .isEqualTo("renderfleet-prod-us-west-2-render-ordered.fifo");
        assertThat(QueueNames.deadLetters(names.regional(region, JobBuilder.POOL, Lane.ORDERED)))
                .isEqualTo("renderfleet-prod-us-west-2-render-ordered-dlq.fifo");
        assertThat(QueueNames.deadLetters(names.master(JobBuilder.POOL, Lane.LOW)))
                .isEqualTo("renderfleet-prod-master-render-low-dlq");
    }
}
