package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.webhook.Callbacks;
import io.renderfleet.fuzz.TimeLimit;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.JobPayload;
import io.renderfleet.jobtype.AttemptException.UnreadablePayloadException;
import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.jobtype.render.RenderPayload;
import io.renderfleet.jobtype.render.request.FuzzedRenderType;
import io.renderfleet.pool.Pool;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import io.renderfleet.webhook.WebhookStore;
import jakarta.validation.Validation;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Reading a request ends with a submission or with a {@link ProblemException} of the client. */
class RequestFuzzTests {
    private static final int MAX_JOB = 64 * 1024;

    /** A request is only read, so the table is never called. */
    private static final class NoDynamoDb implements DynamoDbClient {
        @Override
        public String serviceName() {
            return "dynamodb";
        }

        @Override
        public void close() {}
    }

    private static final JobReader READER = new JobReader(
            new JobTypes(List.of(FuzzedRenderType.create())),
            new EnvelopeRules(
                    new FleetSettings(
                            "fuzz",
                            new RegionId("us-east-1"),
                            List.of(new RegionId("us-east-1"), new RegionId("us-west-2")),
                            List.of(Pool.of("render=cpu")),
                            "",
                            new FleetSettings.Endpoints(List.of(), List.of(), List.of())),
                    new Callbacks(new WebhookStore(new NoDynamoDb(), "fuzz", Clock.systemUTC()), false)),
            Validation.byDefaultProvider()
                    .configure()
                    .messageInterpolator(new ParameterMessageInterpolator())
                    .buildValidatorFactory()
                    .getValidator());

    /** A job that is accepted alone is accepted in a batch. */
    @FuzzTest
    void job(byte[] body) {
        TimeLimit.check(() -> readJob(body));
    }

    private static void readJob(byte[] body) {
        if (body.length > MAX_JOB) {
            return;
        }
        String text = text(body);
        if (text == null) {
            return;
        }
        boolean accepted = isAccepted(text);
        // Other texts could end the batch and begin another one.
        if (accepted) {
            boolean inBatch = isAcceptedInBatch("{\"jobs\": [" + text + "]}");
            assertThat(inBatch).isEqualTo(accepted);
        }
    }

    @FuzzTest
    void batch(byte[] body) {
        TimeLimit.check(() -> readBatch(body));
    }

    private static void readBatch(byte[] body) {
        String text = text(body);
        if (text != null) {
            isAcceptedInBatch(text);
        }
    }

    /** What a worker reads from a job's item, it writes as it was read. */
    @FuzzTest
    void payload(byte[] json) {
        TimeLimit.check(() -> readPayload(json));
    }

    private static void readPayload(byte[] json) {
        String text = text(json);
        if (text == null) {
            return;
        }
        try {
            RenderPayload payload = RenderPayload.FORMAT.read(new JobPayload(text, 1));
            JobPayload written = RenderPayload.FORMAT.write(payload);
            assertThat(RenderPayload.FORMAT.read(written)).isEqualTo(payload);
        } catch (UnreadablePayloadException | IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static boolean isAccepted(String body) {
        try {
            READER.read(Caller.ANYONE, body, null);
            return true;
        } catch (ProblemException e) {
            assertIsOfTheClient(e);
            return false;
        }
    }

    /** Whether the first job of a batch is accepted. */
    private static boolean isAcceptedInBatch(String body) {
        try {
            boolean first = false;
            List<BatchRequest.Entry> entries = BatchRequest.read(body);
            for (BatchRequest.Entry entry : entries) {
                boolean accepted = isAccepted(entry);
                first = entry.equals(entries.getFirst()) ? accepted : first;
            }
            return first;
        } catch (ProblemException e) {
            assertIsOfTheClient(e);
            return false;
        }
    }

    private static boolean isAccepted(BatchRequest.Entry entry) {
        if (!(entry.body() instanceof ObjectNode body)) {
            return false;
        }
        try {
            READER.read(Caller.ANYONE, body, null, entry.violations());
            return true;
        } catch (ProblemException e) {
            assertIsOfTheClient(e);
            return false;
        }
    }

    private static void assertIsOfTheClient(ProblemException e) {
        assertThat(e.type().status().is4xxClientError()).isTrue();
        assertThat(e.getMessage()).isNotBlank();
    }

    /** The text of valid UTF-8; null otherwise. */
    private static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
