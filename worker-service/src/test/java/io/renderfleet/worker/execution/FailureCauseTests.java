package io.renderfleet.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.JobError;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class FailureCauseTests {
    private static AwsErrorDetails code(String code) {
        return AwsErrorDetails.builder().errorCode(code).build();
    }

    @Test
    void aRejectionIsPermanentEvenIfItIsWrapped() {
        JobError error = new JobError("bad-scene", "The scene has no triangles.");
        JobRejectedException rejected = new JobRejectedException(error, new IllegalArgumentException());
        assertThat(FailureCause.of(rejected)).isEqualTo(new FailureCause.Permanent(error));
        assertThat(FailureCause.of(new IllegalStateException(rejected))).isEqualTo(new FailureCause.Permanent(error));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ThrottlingException",
                "ProvisionedThroughputExceededException",
                "RequestLimitExceeded",
                "SlowDown",
                "TooManyRequestsException"
            })
    void throttlingByAwsIsNotCharged(String code) {
        assertThat(FailureCause.of(DynamoDbException.builder()
                        .statusCode(400)
                        .awsErrorDetails(code(code))
                        .build()))
                .isEqualTo(new FailureCause.Throttled(Duration.ZERO));
        IOException wrapped = new IOException(S3Exception.builder()
                .statusCode(503)
                .awsErrorDetails(code(code))
                .build());
        assertThat(FailureCause.of(new UncheckedIOException(wrapped)))
                .isEqualTo(new FailureCause.Throttled(Duration.ZERO));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ThrottlingError", "ProvisionedThroughputExceeded"})
    void aTransactionThatIsCancelledBecauseOneItemIsThrottledIsThrottled(String code) {
        assertThat(FailureCause.of(cancelled("None", code))).isEqualTo(new FailureCause.Throttled(Duration.ZERO));
        assertThat(FailureCause.of(cancelled("None", "ConditionalCheckFailed")))
                .isEqualTo(new FailureCause.Transient());
    }

    private static TransactionCanceledException cancelled(String... codes) {
        return TransactionCanceledException.builder()
                .cancellationReasons(Arrays.stream(codes)
                        .map(code -> CancellationReason.builder().code(code).build())
                        .toList())
                .awsErrorDetails(code("TransactionCanceledException"))
                .statusCode(400)
                .build();
    }

    @Test
    void findsAFullHeapBehindOtherExceptions() {
        FailureCause.OutOfMemory full = new FailureCause.OutOfMemory();
        assertThat(FailureCause.of(new OutOfMemoryError())).isEqualTo(full);
        assertThat(FailureCause.of(new IllegalStateException("rendering failed", new OutOfMemoryError())))
                .isEqualTo(full);
    }

    @Test
    void anythingElseMayGoBetterNextTime() {
        FailureCause.Transient ours = new FailureCause.Transient();
        assertThat(FailureCause.of(new IOException("the disk is full"))).isEqualTo(ours);
        assertThat(FailureCause.of(SdkClientException.create("no route to host")))
                .isEqualTo(ours);
        assertThat(FailureCause.of(S3Exception.builder()
                        .statusCode(500)
                        .awsErrorDetails(code("InternalError"))
                        .build()))
                .isEqualTo(ours);
    }

    @Test
    void causesThatGoRoundEnd() {
        RuntimeException first = new IllegalStateException("first");
        first.initCause(new IllegalStateException("second", first));
        assertThat(FailureCause.of(first)).isEqualTo(new FailureCause.Transient());
    }
}
