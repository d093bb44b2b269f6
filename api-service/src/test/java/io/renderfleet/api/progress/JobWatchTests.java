package io.renderfleet.api.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.api.ApiTest;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobState;
import io.renderfleet.job.JobStates;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobTable;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.telemetry.LoopHealth;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/** The watch of jobs, on a table whose calls are counted. */
@ApiTest
class JobWatchTests {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Autowired
    JobStore store;

    @Autowired
    DynamoDbClient client;

    @Autowired
    FleetSettings fleet;

    private final AtomicInteger calls = new AtomicInteger();
    private volatile UnaryOperator<BatchGetItemResponse> answers = UnaryOperator.identity();
    private TestJobs jobs;
    private JobWatch watch;

    @BeforeEach
    void start() {
        jobs = new TestJobs(store);
        JobStates states = new JobStates(counted(), JobTable.name(fleet.env()), Clock.systemUTC());
        ProgressSettings settings = new ProgressSettings(Duration.ofSeconds(1), 2000, 1, 1, 1, 1);
        watch = new JobWatch(states, settings, new LoopHealth(Clock.systemUTC()));
        watch.start();
    }

    @AfterEach
    void stop() {
        watch.stop();
    }

    private DynamoDbClient counted() {
        return (DynamoDbClient) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DynamoDbClient.class}, (_, method, arguments) -> {
                    if (arguments != null && arguments[0] instanceof Consumer<?> consumer) {
                        @SuppressWarnings("unchecked")
                        var fill = (Consumer<BatchGetItemRequest.Builder>) consumer;
                        calls.incrementAndGet();
                        return answers.apply(client.batchGetItem(fill));
                    }
                    try {
                        return method.invoke(client, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Keeps the states that it is told. */
    private static final class Recorder implements JobWatch.Watcher {
        private final Map<JobId, JobState> latest = new ConcurrentHashMap<>();
        private final Set<JobId> gone = ConcurrentHashMap.newKeySet();

        @Override
        public void changed(JobState state) {
            latest.merge(state.id(), state, (a, b) -> a.version() > b.version() ? a : b);
        }

        @Override
        public void gone(JobId id) {
            gone.add(id);
        }

        @Override
        public void stopped() {}

        boolean has(JobId id, JobStatus status) {
            JobState state = latest.get(id);
            return state != null && state.status() == status;
        }
    }

    @Test
    void watchesAThousandJobsWithAtMostElevenCallsASecond() throws Exception {
        List<JobId> ids = new ArrayList<>();
        List<Recorder> watchers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            JobId id = jobs.submit("many");
            ids.add(id);
            Recorder watcher = new Recorder();
            watchers.add(watcher);
            watch.watch(JobState.of(jobs.find(id)), watcher);
        }
        // A second watcher of each job costs nothing.
        Recorder all = new Recorder();
        for (JobId id : ids) {
            watch.watch(JobState.of(jobs.find(id)), all);
        }
        int before = calls.get();
        long start = System.nanoTime();
        for (JobId id : ids.subList(0, 200)) {
            var _ = jobs.claim(id);
        }
        await().atMost(LIMIT)
                .until(() -> ids.subList(0, 200).stream()
                        .allMatch(id -> all.has(id, JobStatus.PROCESSING)
                                && watchers.get(ids.indexOf(id)).has(id, JobStatus.PROCESSING)));
        Duration rest = Duration.ofSeconds(5).minusNanos(System.nanoTime() - start);
        if (rest.isPositive()) {
            Thread.sleep(rest);
        }
        int made = calls.get() - before;
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "1,000 watchers of 1,000 jobs: %d calls of DynamoDB in %.1f s, %.1f a second%n",
                made, seconds, made / seconds);
        assertThat(made).isPositive();
        // At the beginning and the end of the time there can be one turn that is not complete.
        assertThat(made / seconds).isLessThanOrEqualTo(11 + 10 / seconds);
        assertThat(made / (seconds + 1)).isLessThanOrEqualTo(11);
    }

    @Test
    void readsAgainWhatDynamoDbLeftUnprocessed() {
        JobId id = jobs.submit("user-1");
        Job claimed = jobs.claim(id);
        Recorder watcher = new Recorder();
        String table = JobTable.name(fleet.env());
        AtomicInteger left = new AtomicInteger();
        answers = answer -> {
            if (left.incrementAndGet() > 12) {
                return answer;
            }
            KeysAndAttributes keys = KeysAndAttributes.builder()
                    .keys(List.of(Map.of(JobTable.JOB_ID, AttributeValue.fromS(id.toString()))))
                    .build();
            return BatchGetItemResponse.builder()
                    .responses(Map.of())
                    .unprocessedKeys(Map.of(table, keys))
                    .build();
        };
        watch.watch(JobState.of(claimed), watcher);
        jobs.complete(claimed);

        await().atMost(LIMIT).until(() -> watcher.has(id, JobStatus.COMPLETED));

        assertThat(watcher.gone).isEmpty();
        assertThat(watch.count()).isZero();
    }

    @Test
    void tellsThatAJobIsGone() {
        JobId id = jobs.submit("user-1");
        Recorder watcher = new Recorder();
        watch.watch(JobState.of(jobs.find(id)), watcher);
        store.withdraw(id, jobs.find(id).createdAt());

        await().atMost(LIMIT).until(() -> watcher.gone.contains(id));

        assertThat(watch.count()).isZero();
    }

    @Test
    void forgetsAJobThatNobodyWatches() {
        JobId id = jobs.submit("user-1");
        JobWatch.Watching one = watch.watch(JobState.of(jobs.find(id)), new Recorder());
        JobWatch.Watching two = watch.watch(JobState.of(jobs.find(id)), new Recorder());
        assertThat(watch.count()).isOne();
        one.end();
        one.end();
        assertThat(watch.count()).isOne();
        two.end();
        assertThat(watch.count()).isZero();
    }
}
