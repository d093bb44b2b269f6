package io.renderfleet.api.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.events.EventServer;
import io.renderfleet.api.events.SseClient;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobState;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.UserId;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The streams of progress over HTTP, at two instances of the API. */
class ProgressTests {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** What the limit of connections reckons with for each, and what a client of this test takes. */
    private static final long BYTES_OF_A_STREAM = (150 + 40) * 1024;

    private static LocalAws aws;
    private static EventServer api;
    private static EventServer other;
    private static TestJobs jobs;

    @BeforeAll
    static void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        api = EventServer.start(
                aws,
                "renderfleet.api.streams.heartbeat=1s",
                "renderfleet.api.progress.poll=200ms",
                "renderfleet.api.progress.max-streams-per-user=3");
        other = EventServer.start(aws, "renderfleet.api.progress.poll=200ms", "renderfleet.api.progress.max-streams=0");
        jobs = new TestJobs(api.bean(JobStore.class));
    }

    @AfterAll
    static void stop() {
        other.close();
        api.close();
        aws.close();
    }

    private static SseClient connect(EventServer server, String path, String headers) throws Exception {
        SseClient client = SseClient.connect(server.port(), path, headers);
        assertThat(client.isOpen()).as(client.status()).isTrue();
        return client;
    }

    private static Map<String, String> next(SseClient client) throws Exception {
        Map<String, String> event = client.next();
        while ("heartbeat".equals(event.get("event"))) {
            event = client.next();
        }
        return event;
    }

    private static JsonNode data(Map<String, String> event) throws Exception {
        return new ObjectMapper().readTree(event.get("data"));
    }

    @Test
    void followsAJobThroughAFailureAndARetryToItsEnd() throws Exception {
        JobId id = jobs.submit("user-1");
        List<Long> ids = new ArrayList<>();
        try (SseClient client = connect(api, "/jobs/" + id + "/events", "")) {
            Map<String, String> event = next(client);
            ids.add(Long.parseLong(event.get("id")));
            assertThat(event).containsEntry("event", "status");
            assertThat(data(event).path("status").asText()).isEqualTo("PENDING");

            Job claimed = jobs.claim(id);
            while (!data(event).path("status").asText().equals("PROCESSING")) {
                event = next(client);
                ids.add(Long.parseLong(event.get("id")));
                assertThat(event).containsEntry("event", "status");
            }
            assertThat(data(event).path("attempt").asInt()).isEqualTo(1);
            assertThat(data(event).path("region").asText()).isEqualTo("us-west-2");

            jobs.progress(claimed, 40);
            event = next(client);
            ids.add(Long.parseLong(event.get("id")));
            assertThat(event).containsEntry("event", "progress");
            assertThat(data(event).path("progress").asInt()).isEqualTo(40);

            jobs.fail(claimed);
            event = next(client);
            ids.add(Long.parseLong(event.get("id")));
            assertThat(event).containsEntry("event", "failed");
            assertThat(data(event).at("/error/code").asText()).isEqualTo("broken");
            assertThat(next(client)).containsEntry("event", "end");
        }
        api.bean(io.renderfleet.job.JobControl.class).retry(id, null);
        try (SseClient client = connect(api, "/jobs/" + id + "/events", lastEventId(ids.getLast()))) {
            Map<String, String> event = next(client);
            ids.add(Long.parseLong(event.get("id")));
            assertThat(event).containsEntry("event", "status");
            jobs.complete(jobs.claim(id));
            while (!"completed".equals(event.get("event"))) {
                event = next(client);
                ids.add(Long.parseLong(event.get("id")));
            }
            assertThat(data(event).path("progress").asInt()).isEqualTo(100);
            assertThat(next(client)).containsEntry("event", "end");
        }
        assertThat(ids).isSorted().doesNotHaveDuplicates();
        try (SseClient client = SseClient.connect(api.port(), "/jobs/" + id + "/events", lastEventId(ids.getLast()))) {
            assertThat(client.status()).contains(" 204");
        }
    }

    private static String lastEventId(long id) {
        return "Last-Event-ID: " + id + "\r\n";
    }

    @Test
    void resumesAfterARestartWithWhatChangedAndWithoutWhatTheClientHas() throws Exception {
        JobId id = jobs.submit("user-1");
        Job claimed = jobs.claim(id);
        long last;
        try (EventServer first = EventServer.start(aws);
                SseClient client = connect(first, "/jobs/" + id + "/events", "")) {
            last = Long.parseLong(next(client).get("id"));
            first.stop();
            assertThat(next(client)).containsEntry("event", "end");
        }
        try (SseClient client = connect(api, "/jobs/" + id + "/events", lastEventId(last))) {
            assertThat(client.next()).containsEntry("event", "heartbeat");
            jobs.progress(claimed, 10);
            assertThat(next(client)).containsEntry("event", "progress");
        }
        jobs.complete(claimed);
        try (SseClient client = connect(api, "/jobs/" + id + "/events", lastEventId(last))) {
            assertThat(next(client)).containsEntry("event", "completed");
            assertThat(next(client)).containsEntry("event", "end");
        }
    }

    @Test
    void ignoresAnIdThatNoInstanceSent() throws Exception {
        JobId id = jobs.submit("user-1");
        for (String edited : new String[] {"x", "999999999999999999", "-1", "99999999999999999999999"}) {
            try (SseClient client = connect(api, "/jobs/" + id + "/events", "Last-Event-ID: " + edited + "\r\n")) {
                assertThat(next(client)).as(edited).containsEntry("event", "status");
            }
            awaitNoStreams();
        }
    }

    private static void awaitNoStreams() {
        await().atMost(LIMIT).until(() -> api.bean(JobFollowers.class).streams() == 0);
    }

    @Test
    void followsAllJobsOfAUserAndNoOthers() throws Exception {
        JobId ended = jobs.submit("user-2");
        jobs.complete(jobs.claim(ended));
        JobId open = jobs.submit("user-2");
        JobId foreign = jobs.submit("user-3");
        String last;
        try (SseClient client = connect(api, "/jobs/events?userId=user-2", "")) {
            Map<String, String> event = next(client);
            assertThat(data(event).path("jobId").asText()).isEqualTo(open.toString());
            // Stored by another instance: it is found by the index.
            JobId later = jobs.submit("user-2");
            event = next(client);
            // A state can come again.
            while (data(event).path("jobId").asText().equals(open.toString())) {
                assertThat(event).containsEntry("event", "status");
                event = next(client);
            }
            assertThat(data(event).path("jobId").asText()).isEqualTo(later.toString());
            assertThat(event).containsEntry("event", "status");
            jobs.complete(jobs.claim(later));
            while (!"completed".equals(event.get("event"))) {
                event = next(client);
                assertThat(data(event).path("jobId").asText()).isIn(open.toString(), later.toString());
            }
            last = event.get("id");
        }
        jobs.complete(jobs.claim(open));
        try (SseClient client = connect(api, "/jobs/events?userId=user-2", lastEventId(Long.parseLong(last)))) {
            Map<String, String> event = next(client);
            // States of the last two minutes can come again.
            while (!data(event).path("jobId").asText().equals(open.toString())) {
                event = next(client);
            }
            assertThat(event).containsEntry("event", "completed");
            assertThat(Long.parseLong(event.get("id"))).isGreaterThan(Long.parseLong(last));
        }
        assertThat(jobs.find(foreign).status()).isEqualTo(JobStatus.PENDING);
    }

    @Test
    void refusesWhatIsUnknownOrTooMuch() throws Exception {
        JobId id = jobs.submit("user-4");
        String path = "/jobs/" + id + "/events";
        for (String wrong : new String[] {"/jobs/" + JobId.random() + "/events", "/jobs/x/events"}) {
            try (SseClient client = SseClient.connect(api.port(), wrong)) {
                assertThat(client.status()).contains(" 404");
            }
        }
        try (SseClient client = SseClient.connect(api.port(), "/jobs/events")) {
            assertThat(client.status()).contains(" 400");
        }
        awaitNoStreams();
        try (SseClient one = connect(api, path, "");
                SseClient two = connect(api, path, "");
                SseClient three = connect(api, path, "");
                SseClient four = SseClient.connect(api.port(), path);
                SseClient five = connect(api, "/jobs/events?userId=user-5", "");
                SseClient six = SseClient.connect(other.port(), path)) {
            assertThat(four.status()).contains(" 503");
            assertThat(six.status()).contains(" 503");
            assertThat(one.isOpen() && two.isOpen() && three.isOpen() && five.isOpen())
                    .isTrue();
        }
        // The service notices at the next heartbeats that the clients are gone.
        awaitNoStreams();
        assertThat(api.bean(JobWatch.class).count()).isZero();
    }

    @Test
    void aClientThatReadsSlowlyGetsTheLastStateAndHoldsOneForEachJob() throws Exception {
        JobId id = jobs.submit("user-6");
        JobState first = JobState.of(jobs.find(id));
        JobWatch watch = api.bean(JobWatch.class);
        try (SseClient slow = SseClient.silent(api.port(), "/jobs/" + id + "/events")) {
            int told = 100_000;
            for (int i = 1; i <= told; i++) {
                watch.seen(state(first, JobStatus.PROCESSING, first.version() + i));
            }
            watch.seen(state(first, JobStatus.COMPLETED, first.version() + told + 1));
            slow.startReading();
            int read = 0;
            Map<String, String> before = Map.of();
            Map<String, String> event = next(slow);
            while (!"end".equals(event.get("event"))) {
                read++;
                before = event;
                event = next(slow);
            }
            assertThat(before).containsEntry("event", "completed");
            assertThat(read).isLessThan(told);
        }
    }

    private static JobState state(JobState like, JobStatus status, long version) {
        return new JobState(like.id(), new UserId("user-6"), status, 50, null, 1, false, Instant.now(), null, version);
    }

    /** The heap that is in use after a collection. */
    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void holdsThousandsOfIdleConnectionsAndRefusesTheNext() throws Exception {
        int max = 2000;
        int refusals = 1000;
        JobId id = jobs.submit("user-7");
        List<SseClient> clients = new ArrayList<>();
        try (EventServer server = EventServer.start(
                aws,
                "renderfleet.api.progress.max-streams=" + max,
                "renderfleet.api.progress.max-streams-per-user=" + max)) {
            try {
                long before = usedHeap();
                for (int i = 0; i < max; i++) {
                    clients.add(SseClient.silent(server.port(), "/jobs/" + id + "/events"));
                    assertThat(clients.getLast().isOpen())
                            .as(clients.getLast().status())
                            .isTrue();
                }
                for (int i = 0; i < refusals; i++) {
                    try (SseClient refused = SseClient.connect(server.port(), "/jobs/" + id + "/events")) {
                        assertThat(refused.status()).contains(" 503");
                        assertThat(refused.head()).containsIgnoringCase("Retry-After: 30");
                    }
                }
                // Others go on: requests that are no streams have connections of their own.
                try (SseClient reader = SseClient.connect(server.port(), "/jobs/" + id)) {
                    assertThat(reader.status()).contains(" 200");
                }
                assertThat((usedHeap() - before) / max)
                        .as("bytes of heap for each idle stream")
                        .isLessThan(BYTES_OF_A_STREAM);
                assertThat(server.bean(JobFollowers.class).streams()).isEqualTo(max);
                jobs.complete(jobs.claim(id));
                for (SseClient client : clients) {
                    client.startReading();
                }
                for (SseClient client : clients) {
                    Map<String, String> last = Map.of();
                    for (Map<String, String> event = next(client);
                            !"end".equals(event.get("event"));
                            event = next(client)) {
                        last = event;
                    }
                    assertThat(last).containsEntry("event", "completed");
                }
            } finally {
                for (SseClient client : clients) {
                    client.close();
                }
            }
        }
    }
}
