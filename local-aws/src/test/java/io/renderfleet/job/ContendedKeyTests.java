package io.renderfleet.job;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.job.JobStore.SubmitOutcome;
import io.renderfleet.region.PassingFailure;
import io.renderfleet.testing.MutableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** An ordering key whose chain somebody else moves at each try. */
class ContendedKeyTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.000Z");
    private static LocalTables tables;

    private final MutableClock clock = new MutableClock(NOW);
    private final NewJob job = aJob().orderingKey("key-" + JobId.random()).build();

    @BeforeAll
    static void start() {
        tables = new LocalTables();
    }

    @AfterAll
    static void stop() {
        tables.close();
    }

    /** The tables behind a DynamoDB that cancels every transaction for these reasons. */
    private JobDatabase cancelling(String... codes) {
        var failure = TransactionCanceledException.builder()
                .cancellationReasons(Arrays.stream(codes)
                        .map(code -> CancellationReason.builder().code(code).build())
                        .toList())
                .statusCode(400)
                .build();
        DynamoDbClient client = (DynamoDbClient) Proxy.newProxyInstance(
                DynamoDbClient.class.getClassLoader(),
                new Class<?>[] {DynamoDbClient.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("transactWriteItems")) {
                        throw failure;
                    }
                    try {
                        return method.invoke(tables.client(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return LocalTables.database(client, clock);
    }

    @Test
    void aSubmissionWithAContendedKeyIsRefused() {
        assertThat(new JobStore(cancelling("TransactionConflict", "TransactionConflict")).submit(job))
                .isEqualTo(new SubmitOutcome.Contended());
        assertThat(new JobStore(cancelling("None", "ConditionalCheckFailed")).submit(job))
                .isEqualTo(new SubmitOutcome.Contended());
    }

    @Test
    void aRetryWithAContendedKeyIsRefused() {
        assertThat(new JobStore(tables.database(clock)).submit(job)).isEqualTo(new SubmitOutcome.Stored());
        assertThat(new JobControl(tables.database(clock)).cancel(job.id(), null))
                .isInstanceOf(JobControl.Cancelling.Cancelled.class);
        assertThat(new JobControl(cancelling("None", "TransactionConflict")).retry(job.id(), null))
                .isEqualTo(new JobControl.Retrying.Contended());
    }

    @Test
    void aThrottledTransactionIsAPassingFailureAndNoContention() {
        assertThatThrownBy(() -> new JobStore(cancelling("None", "ThrottlingError")).submit(job))
                .isInstanceOf(TransactionCanceledException.class)
                .matches(new PassingFailure());
    }
}
