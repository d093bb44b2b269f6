package io.renderfleet.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.fakellm.Behaviour;
import io.renderfleet.fakellm.Behaviour.Kind;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.standalone.FakeModels;
import io.renderfleet.standalone.FleetPorts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** All keys of a pool cool down for a minute while many jobs wait, on real services. */
class CoolDownIT {
    private static final int JOBS = 500;
    private static final Duration COOL_DOWN = Duration.ofSeconds(60);

    /** How long after its first refusal the whole fleet knows that a domain cools down. */
    private static final Duration SHARED = Duration.ofSeconds(5);

    private static final String QUESTION = "{\"type\": \"inference\", \"userId\": \"asker\", \"model\": \""
            + FakeModels.MODEL + "\", \"messages\": [{\"role\": \"user\", \"content\": \"How risky is this?\"}]}";

    private static FakeModels models;
    private static RunningFleet fleet;

    @BeforeAll
    static void start() {
        models = FakeModels.start(FleetPorts.free());
        fleet = RunningFleet.withInference(models);
    }

    @AfterAll
    static void stop() {
        fleet.close();
        models.close();
    }

    private static void everyKey(Behaviour behaviour) {
        IntStream.rangeClosed(1, FakeModels.KEYS)
                .forEach(i -> models.server().setKeyBehaviour(FakeModels.secret(i), behaviour));
    }

    @Test
    void fiveHundredJobsWaitForAMinuteWithoutAChargeAndWithoutCalls() throws Exception {
        everyKey(Behaviour.of(Kind.RATE_LIMITED).withRetryAfter(COOL_DOWN));
        Map<String, Long> before = requestsOfWorkers();
        Instant start = Instant.now();
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            jobs.add(fleet.accepted(fleet.post("/jobs", QUESTION)));
        }
        await().atMost(COOL_DOWN.dividedBy(2)).until(CoolDownIT::isEveryDomainRefused);
        Thread.sleep(SHARED);
        // Nothing but the cool-down makes the jobs wait from now on.
        everyKey(Behaviour.OK);
        long refused = calls();
        Map<String, Long> closed = requestsOfWorkers();
        Thread.sleep(Duration.between(Instant.now(), start.plus(COOL_DOWN).minus(SHARED)));
        long made = calls() - refused;
        Map<String, Long> opened = requestsOfWorkers();

        fleet.awaitOver(jobs);
        List<Job> ended = jobs.stream().map(fleet::job).toList();
        long deferrals = ended.stream()
                .flatMap(job -> job.attempts().stream())
                .filter(attempt ->
                        attempt.error() != null && attempt.error().code().equals("deferred"))
                .count();
        Map<String, Long> whileOpen = difference(before, closed);
        Map<String, Long> whileClosed = difference(closed, opened);
        System.out.printf(
                "%d jobs waited %d s: %d calls refused, %d made while all keys cooled down, %d attempts deferred, SQS"
                        + " before %s, then %s%n",
                JOBS, COOL_DOWN.toSeconds(), refused, made, deferrals, whileOpen, whileClosed);
        assertThat(made).isZero();
        assertThat(ended).allSatisfy(job -> {
            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.chargedAttempts()).isZero();
            assertThat(job.attempts()).extracting(Attempt::outcome).doesNotContain(Attempt.Outcome.ERRORED);
        });
        assertThat(fleet.get("/admin/dead-letters?pool=inference").path("items"))
                .isEmpty();
        assertThat(deferrals).isPositive();
        assertThat(requests(whileOpen)).isLessThanOrEqualTo(2 * deferrals);
        assertThat(whileClosed.getOrDefault("ReceiveMessage", 0L)).isZero();
    }

    /** The requests that settle messages. Receipts are not among them: an attempt has one, however it ends. */
    private static long requests(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .filter(entry -> !entry.getKey().equals("ReceiveMessage"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static Map<String, Long> difference(Map<String, Long> from, Map<String, Long> to) {
        Map<String, Long> difference = new TreeMap<>(to);
        from.forEach((operation, count) -> difference.merge(operation, -count, Long::sum));
        return difference;
    }

    private static long calls() {
        return models.server().journal().count();
    }

    private static boolean isEveryDomainRefused() {
        return models.server().statistics().domains().values().stream()
                .allMatch(domain -> domain.statuses().containsKey(429));
    }

    /** The requests of workers for the queues of inference jobs, by operation. */
    private static Map<String, Long> requestsOfWorkers() {
        Map<String, Long> all = SqsCalls.of(
                queue -> queue.contains("-inference-") && !queue.contains("-master-") && !queue.contains("-dlq"));
        // The distributor sends jobs to these queues without a delay, and reads their depth.
        all.keySet().removeIf(operation -> operation.startsWith("SendMessage") || operation.startsWith("GetQueue"));
        return all;
    }
}
