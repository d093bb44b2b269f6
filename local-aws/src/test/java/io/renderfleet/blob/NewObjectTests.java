package io.renderfleet.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.resilience4j.retry.RetryRegistry;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.region.RegionId;
import io.renderfleet.region.RetriedCalls;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What an upload does when an object exists, and when the responses of S3 are lost. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NewObjectTests {
    private static final RegionId REGION = new RegionId("us-east-1");
    private static final String BUCKET = "renderfleet-local-results-us-east-1";

    /** The calls that had the header {@code If-None-Match: *}, by the class of the request. */
    private final List<String> conditional = new ArrayList<>();

    private LocalAws aws;
    private S3Client s3;

    @BeforeAll
    void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        s3 = S3Client.builder()
                .endpointOverride(aws.endpoints().s3())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create("renderfleet", "renderfleet-local")))
                .overrideConfiguration(override -> override.addExecutionInterceptor(new ExecutionInterceptor() {
                    @Override
                    public void beforeTransmission(Context.BeforeTransmission call, ExecutionAttributes attributes) {
                        if (call.httpRequest()
                                .firstMatchingHeader("If-None-Match")
                                .filter("*"::equals)
                                .isPresent()) {
                            conditional.add(call.request().getClass().getSimpleName());
                        }
                    }
                }))
                .build();
    }

    @AfterAll
    void stop() {
        s3.close();
        aws.close();
    }

    private static StoredFile file() {
        return new StoredFile(REGION, BUCKET, "results/" + UUID.randomUUID() + "/1/x.txt", "text/plain", "x.txt");
    }

    private static void put(S3Client client, StoredFile file, String text) {
        NewObject.put(client, file, RequestBody.fromString(text), text.length());
    }

    private static UploadStream twoParts(S3Client client, StoredFile file) throws IOException {
        UploadStream upload = new UploadStream(client, file);
        upload.write(new byte[UploadStream.PART_BYTES]);
        upload.write('!');
        return upload;
    }

    private String stored(StoredFile file) {
        return s3.getObjectAsBytes(request -> request.bucket(BUCKET).key(file.key()))
                .asString(StandardCharsets.UTF_8);
    }

    @Test
    void requestsInEveryWriteThatNothingIsOverwritten() throws IOException {
        conditional.clear();
        put(s3, file(), "one");
        UploadStream small = new UploadStream(s3, file());
        small.write('1');
        small.close();
        twoParts(s3, file()).close();

        assertThat(conditional)
                .containsExactly("PutObjectRequest", "PutObjectRequest", "CompleteMultipartUploadRequest");
    }

    @Test
    void keepsTheObjectThatExists() {
        StoredFile file = file();
        put(s3, file, "first");
        put(s3, file, "second");

        assertThat(stored(file)).isEqualTo("first");
    }

    @Test
    void repeatsAPutWhoseResponseWasLost() {
        StoredFile file = file();
        put(losingTheFirstResponseTo("putObject"), file, "content");

        assertThat(stored(file)).isEqualTo("content");
    }

    @Test
    void repeatsACompletionWhoseResponseWasLost() throws IOException {
        StoredFile file = file();
        twoParts(losingTheFirstResponseTo("completeMultipartUpload"), file).close();

        assertThat(s3.headObject(request -> request.bucket(BUCKET).key(file.key()))
                        .contentLength())
                .isEqualTo(UploadStream.PART_BYTES + 1L);
    }

    @Test
    void failsWhenTheUploadWasAborted() throws IOException {
        StoredFile file = file();
        UploadStream upload = twoParts(s3, file);
        s3.listMultipartUploads(request -> request.bucket(BUCKET)).uploads().stream()
                .filter(begun -> begun.key().equals(file.key()))
                .forEach(begun -> s3.abortMultipartUpload(
                        request -> request.bucket(BUCKET).key(file.key()).uploadId(begun.uploadId())));

        assertThatExceptionOfType(S3Exception.class).isThrownBy(upload::close);
    }

    @Test
    void repeatsAWriteThatConflictsWithAnotherOne() {
        StoredFile file = file();
        List<String> calls = new ArrayList<>();
        S3Client conflicting = retrying((method, call) -> {
            calls.add(method);
            if (calls.size() == 1) {
                throw S3Exception.builder()
                        .statusCode(409)
                        .awsErrorDetails(AwsErrorDetails.builder()
                                .errorCode("ConditionalRequestConflict")
                                .build())
                        .build();
            }
            return call.get();
        });
        put(conflicting, file, "content");

        assertThat(calls).containsExactly("putObject", "putObject");
        assertThat(stored(file)).isEqualTo("content");
    }

    private S3Client losingTheFirstResponseTo(String lost) {
        List<String> calls = new ArrayList<>();
        return retrying((method, call) -> {
            Object response = call.get();
            if (method.equals(lost) && !calls.contains(method)) {
                calls.add(method);
                throw SdkClientException.create("The connection was closed.");
            }
            return response;
        });
    }

    private interface Call {
        Object get() throws Throwable;
    }

    private interface Fault {
        Object apply(String method, Call call) throws Throwable;
    }

    /** The client of a service, with a fault between it and S3. */
    private S3Client retrying(Fault fault) {
        S3Client faulty = (S3Client) Proxy.newProxyInstance(
                NewObjectTests.class.getClassLoader(),
                new Class<?>[] {S3Client.class},
                (_, method, arguments) -> fault.apply(method.getName(), () -> {
                    try {
                        return method.invoke(s3, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
        return RetriedCalls.of(S3Client.class, faulty, RetryRegistry.of(Map.of()), "s3");
    }
}
