package io.renderfleet.api.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.events.EventServer;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests that wait for the end of a job. */
class WaitTests {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static LocalAws aws;
    private static EventServer api;
    private static TestJobs jobs;
    private static HttpClient http;

    @BeforeAll
    static void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        api = server();
        jobs = new TestJobs(api.bean(JobStore.class));
        http = HttpClient.newHttpClient();
    }

    private static EventServer server() {
        return EventServer.start(
                aws, "renderfleet.api.progress.poll=200ms", "renderfleet.api.progress.max-waits-per-user=2");
    }

    @AfterAll
    static void stop() {
        http.close();
        api.close();
        aws.close();
    }

    private static CompletableFuture<HttpResponse<String>> get(EventServer server, JobId id, String prefer) {
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/jobs/" + id))
                        .header("Prefer", prefer)
                        .timeout(LIMIT)
                        .build(),
                BodyHandlers.ofString());
    }

    private static String status(HttpResponse<String> response) throws Exception {
        return new ObjectMapper().readTree(response.body()).path("status").asText();
    }

    @Test
    void answersWhenTheJobIsOver() throws Exception {
        JobId id = jobs.submit("waits-1");
        var answer = get(api, id, "respond-async, wait=25");
        await().atMost(LIMIT).until(() -> api.bean(JobWatch.class).count() == 1);
        assertThat(answer).isNotDone();
        jobs.complete(jobs.claim(id));

        HttpResponse<String> response = answer.get(20, TimeUnit.SECONDS);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(status(response)).isEqualTo("COMPLETED");
        assertThat(response.headers().firstValue("Preference-Applied")).contains("wait=25");
        assertThat(response.headers().firstValue("Retry-After")).isEmpty();
    }

    @Test
    void answersAsUsualWhenTheTimeIsUp() throws Exception {
        JobId id = jobs.submit("waits-2");

        HttpResponse<String> response = get(api, id, "wait=1").get(20, TimeUnit.SECONDS);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(status(response)).isEqualTo("PENDING");
        assertThat(response.headers().firstValue("Preference-Applied")).contains("wait=1");
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
    }

    @Test
    void doesNotWaitForAPreferenceThatIsMalformed() throws Exception {
        JobId id = jobs.submit("waits-3");

        HttpResponse<String> response = get(api, id, "wait=soon").get(10, TimeUnit.SECONDS);

        assertThat(status(response)).isEqualTo("PENDING");
        assertThat(response.headers().firstValue("Preference-Applied")).isEmpty();
    }

    @Test
    void doesNotWaitBeyondTheLimitOfAUser() throws Exception {
        JobId id = jobs.submit("waits-4");
        var one = get(api, id, "wait=25");
        var two = get(api, id, "wait=25");
        // Whichever request comes third does not wait.
        HttpResponse<String> third = CompletableFuture.anyOf(one, two, get(api, id, "wait=25"))
                .thenApply(response -> {
                    @SuppressWarnings("unchecked")
                    var answered = (HttpResponse<String>) response;
                    return answered;
                })
                .get(20, TimeUnit.SECONDS);
        assertThat(third.headers().firstValue("Preference-Applied")).isEmpty();
        assertThat(status(third)).isEqualTo("PENDING");
        jobs.complete(jobs.claim(id));
        one.get(20, TimeUnit.SECONDS);
        two.get(20, TimeUnit.SECONDS);
    }

    @Test
    void answersAtOnceAtShutdown() throws Exception {
        JobId id = jobs.submit("waits-5");
        EventServer server = server();
        try {
            var answer = get(server, id, "wait=60");
            await().atMost(LIMIT).until(() -> server.bean(JobWatch.class).count() == 1);
            long before = System.nanoTime();
            CompletableFuture<Void> stopping = CompletableFuture.runAsync(server::stop);
            assertThat(status(answer.get(20, TimeUnit.SECONDS))).isEqualTo("PENDING");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
            stopping.get(60, TimeUnit.SECONDS);
        } finally {
            server.close();
        }
    }
}
