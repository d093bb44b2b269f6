package io.renderfleet.localaws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LocalS3Tests {
    private static final String DESIGNS = "renderfleet-local-designs";
    private static final String RESULTS = "renderfleet-local-results-us-west-2";

    private LocalAws aws;
    private TestClients clients;
    private S3Client s3;

    @BeforeAll
    void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        clients = new TestClients(aws);
        s3 = clients.s3();
    }

    @AfterAll
    void stop() {
        clients.close();
        aws.close();
    }

    @Test
    void hasBucketForDesignsAndOneForResultsOfEachRegion() {
        assertThat(s3.listBuckets().buckets())
                .extracting(Bucket::name)
                .containsExactlyInAnyOrder(
                        DESIGNS, RESULTS, "renderfleet-local-results-us-east-1", "renderfleet-local-results-us-west-1");
    }

    @Test
    void returnsAnObjectWithItsTypeMetadataAndEtag() {
        var put = s3.putObject(
                request -> request.bucket(DESIGNS)
                        .key("designs/box")
                        .contentType("model/gltf-binary")
                        .metadata(java.util.Map.of("triangles", "12")),
                RequestBody.fromString("glTF"));

        var got = s3.getObjectAsBytes(request -> request.bucket(DESIGNS).key("designs/box"));

        assertThat(got.asUtf8String()).isEqualTo("glTF");
        assertThat(got.response().contentType()).isEqualTo("model/gltf-binary");
        assertThat(got.response().metadata()).containsEntry("triangles", "12");
        assertThat(got.response().eTag()).isEqualTo(put.eTag());
    }

    @Test
    void answersNotModifiedForKnownEtagAndNoSuchKeyForUnknownKey() {
        var put = s3.putObject(request -> request.bucket(DESIGNS).key("designs/known"), RequestBody.fromString("x"));

        assertThatExceptionOfType(S3Exception.class)
                .isThrownBy(() -> s3.getObject(
                        request -> request.bucket(DESIGNS).key("designs/known").ifNoneMatch(put.eTag())))
                .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(304));
        assertThatExceptionOfType(NoSuchKeyException.class)
                .isThrownBy(
                        () -> s3.getObject(request -> request.bucket(DESIGNS).key("designs/unknown")));
    }

    @Test
    void refusesToPutOverExistingObjectWhenAskedTo() {
        s3.putObject(
                request -> request.bucket(RESULTS).key("results/1").ifNoneMatch("*"), RequestBody.fromString("first"));

        assertThatExceptionOfType(S3Exception.class)
                .isThrownBy(() -> s3.putObject(
                        request -> request.bucket(RESULTS).key("results/1").ifNoneMatch("*"),
                        RequestBody.fromString("second")))
                .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(412));
    }

    @Test
    void letsAnyoneWithPresignedLinkRead() throws IOException, InterruptedException {
        s3.putObject(request -> request.bucket(RESULTS).key("results/linked.png"), RequestBody.fromString("picture"));
        String link = clients.presigner()
                .presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(5))
                        .getObjectRequest(get -> get.bucket(RESULTS).key("results/linked.png")))
                .url()
                .toString();

        assertThat(get(link))
                .extracting(HttpResponse::statusCode, HttpResponse::body)
                .containsExactly(200, "picture");
        assertThat(get(link.replace("linked", "other")).statusCode()).isEqualTo(403);
        assertThat(get(link.substring(0, link.indexOf('?'))).statusCode()).isEqualTo(403);
    }

    @Test
    void refusesWrongSecret() {
        assertThatExceptionOfType(S3Exception.class)
                .isThrownBy(() -> clients.s3("wrong").listObjectsV2(request -> request.bucket(DESIGNS)))
                .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(403));
    }

    private static HttpResponse<String> get(String link) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(link))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        }
    }
}
