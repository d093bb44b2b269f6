package io.renderfleet.worker.intake;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.JobRunner;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.worker.LocalFleet;
import io.renderfleet.worker.SqsCalls;
import io.renderfleet.worker.execution.TestWorker;
import io.renderfleet.worker.protection.TaskProtection;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;

/** Intakes on some lanes' real queues of one region, and the worker behind each. */
final class LaneRig {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A short visibility: what a poll that broke off takes with it is soon back. */
    private static final Duration VISIBILITY = Duration.ofSeconds(5);

    private final LocalFleet fleet;
    private final RegionId region;
    private final Map<Lane, JobQueue> queues = new EnumMap<>(Lane.class);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    LaneRig(LocalFleet fleet, RegionId region, Lane... lanes) throws Exception {
        this.fleet = fleet;
        this.region = region;
        for (Lane lane : lanes) {
            queues.put(lane, fleet.emptyQueue(region, lane));
        }
    }

    JobQueue queue(Lane lane) {
        return Objects.requireNonNull(queues.get(lane));
    }

    /** What an idle worker is made of. */
    record Part(TestWorker worker, Intake intake, Slots slots) {}

    Part part(String name, JobRunner runner, int slots, Duration longPoll, Duration grace) {
        TestWorker worker =
                new TestWorker(name, fleet, queues.values().iterator().next(), runner, Clock.systemUTC());
        return part(worker, slots, longPoll, grace);
    }

    Part part(TestWorker worker, int slotCount, Duration longPoll, Duration grace) {
        return part(worker, TaskProtection.none(), slotCount, longPoll, grace);
    }

    Part part(TestWorker worker, TaskProtection protection, int slotCount, Duration longPoll, Duration grace) {
        return part(worker, protection, new Slots(slotCount), longPoll, grace);
    }

    Part part(TestWorker worker, TaskProtection protection, Slots slots, Duration longPoll, Duration grace) {
        List<LanePoller> pollers = queues.entrySet().stream()
                .map(entry -> new LanePoller(
                        entry.getKey(),
                        entry.getValue(),
                        longPoll,
                        VISIBILITY,
                        IntakeConfiguration.received(JobBuilder.POOL, entry.getKey(), meters)))
                .toList();
        IntakePlan plan = new IntakePlan(
                new IntakeSettings.Weights(70, 25, 5, 25).of(queues.keySet()), slots.count(), new Random(1));
        PoolIntake intake = new PoolIntake(
                JobBuilder.POOL,
                pollers,
                plan,
                worker::closedUntil,
                worker.execution(),
                protection,
                slots,
                new LoopHealth(Clock.systemUTC()));
        return new Part(worker, new Intake(List.of(intake), worker.execution(), protection, grace), slots);
    }

    /** Stores, routes and sends jobs whose design is named after their lane. */
    List<JobId> submit(TestWorker worker, Lane lane, int count) {
        List<JobMessage> messages = stored(worker, lane, count);
        send(lane, messages);
        return messages.stream().map(JobMessage::jobId).toList();
    }

    /** Stores and routes such jobs; their messages are yet to be sent. */
    List<JobMessage> stored(TestWorker worker, Lane lane, int count) {
        return IntStream.range(0, count).mapToObj(i -> message(worker, lane, i)).toList();
    }

    void send(Lane lane, List<JobMessage> messages) {
        assertThat(queue(lane).sendAll(messages)).isEmpty();
    }

    private static JobMessage message(TestWorker worker, Lane lane, int number) {
        JobMessage message = worker.submitUnsent(
                aJob().render(lane.name(), "0".repeat(64), 16, 16, 1).user("user-" + number));
        return new JobMessage(
                message.jobId(),
                new UserId("user-" + number),
                JobBuilder.POOL,
                lane,
                message.routeEpoch(),
                List.of(),
                null);
    }

    /** Sends a message that is none of ours. */
    void sendRaw(Lane lane, String body) {
        fleet.sendRaw(region, queue(lane), body);
    }

    static void awaitStatus(TestWorker worker, JobStatus status, Collection<JobId> jobs) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(jobs)
                        .extracting(id -> worker.job(id).status())
                        .containsOnly(status));
    }

    int receives() {
        return queues.values().stream()
                .mapToInt(queue -> SqsCalls.receives(queue.name()))
                .sum();
    }

    double received(Lane lane) {
        return IntakeConfiguration.received(JobBuilder.POOL, lane, meters).count();
    }

    static Lane[] all() {
        return Arrays.copyOf(Lane.values(), Lane.values().length);
    }
}
