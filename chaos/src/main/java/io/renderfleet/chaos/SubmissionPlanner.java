package io.renderfleet.chaos;

import io.renderfleet.chaos.Submission.Manner;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Draws the submissions of a plan. Pure, except that it advances the random generator. */
final class SubmissionPlanner {
    private static final int USERS = 5;
    private static final int JOBS_PER_KEY = 8;
    private static final int MAX_BATCH = 8;
    private static final double BATCHED = 0.12;
    private static final double ORDERED = 0.25;
    private static final double TWICE = 0.15;
    private static final double RESENT = 0.2;
    private static final double TINY = 0.3;
    private static final double ASKS = 0.4;
    private static final int LEAST_QUESTIONS = 8;
    private static final int MOST_QUESTIONS = 32;
    private static final int QUESTIONS_OF_EVENT = 3;
    private static final int CAMERAS = 50;
    private static final double HIGH = 0.1;
    private static final double LOW = 0.25;
    private static final int QUESTIONS_OF_LOAD = 64;
    private static final int TINY_WIDTH = 16;
    private static final int LEAST_WIDTH = 64;
    private static final int MOST_WIDTH = 160;
    private static final int SAMPLES = 32;
    private static final int MAX_FIRST_TIMEOUT_MILLIS = 60;

    private final RandomGenerator random;
    private final Duration length;

    SubmissionPlanner(RandomGenerator random, Duration length) {
        this.random = random;
        this.length = length;
    }

    List<Submission> submissions(int jobs) {
        int keys = Math.max(1, (int) (jobs * ORDERED / JOBS_PER_KEY));
        List<Submission> all = new ArrayList<>();
        for (int planned = 0; planned < jobs; planned += all.getLast().jobs().size()) {
            all.add(submission(planned, jobs - planned, keys));
        }
        all.sort(Comparator.comparing(Submission::at));
        return all;
    }

    /**
     * Events, each with a time of its own.
     *
     * @param start the time of the first events
     */
    List<Submission> events(int events, Instant start) {
        List<Submission> all = new ArrayList<>();
        for (int number = 0; number < events; number++) {
            Duration at = Duration.ofMillis(random.nextLong(length.toMillis()));
            // The nanoseconds make the times of a camera different.
            Work.Event event = new Work.Event(
                    "camera-" + number % CAMERAS,
                    start.plus(at).plusNanos(number),
                    questions("event " + number, random.nextInt(1, QUESTIONS_OF_EVENT + 1)));
            all.add(new Submission(at, List.of(PlannedJob.of(event)), false, manner(), firstTimeout()));
        }
        return all;
    }

    /** Inference jobs with as many questions as a job can have. */
    List<PlannedJob> load(int jobs) {
        List<PlannedJob> all = new ArrayList<>();
        for (int number = 0; number < jobs; number++) {
            Work work = new Work.Inference(questions("load " + number, QUESTIONS_OF_LOAD));
            all.add(new PlannedJob(randomId(), user(number % USERS), null, work, "NORMAL", null));
        }
        return all;
    }

    private static List<String> questions(String subject, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "Question " + number + " about " + subject)
                .toList();
    }

    private Submission submission(int number, int left, int keys) {
        Duration at = Duration.ofMillis(random.nextLong(length.toMillis()));
        double kind = random.nextDouble();
        List<PlannedJob> jobs = new ArrayList<>();
        boolean batch = kind < BATCHED && left > 1;
        if (batch) {
            int size = random.nextInt(2, Math.min(MAX_BATCH, left) + 1);
            for (int i = 0; i < size; i++) {
                jobs.add(job(user(random.nextInt(USERS)), null, null));
            }
        } else {
            // An ordering key belongs to one user: keys of two users are different even when they have the same name.
            int key = random.nextInt(keys);
            jobs.add(
                    kind > 1 - ORDERED
                            ? job(user(key % USERS), "request-" + number, "order-" + key)
                            : job(user(random.nextInt(USERS)), "request-" + number, null));
        }
        return new Submission(at, jobs, batch, manner(), firstTimeout());
    }

    private Duration firstTimeout() {
        return Duration.ofMillis(random.nextLong(1, MAX_FIRST_TIMEOUT_MILLIS + 1));
    }

    private Manner manner() {
        double drawn = random.nextDouble();
        return drawn < TWICE ? Manner.TWICE : drawn < TWICE + RESENT ? Manner.RESENT : Manner.PLAIN;
    }

    private static UserId user(int number) {
        return new UserId("chaos-" + number);
    }

    private PlannedJob job(UserId user, @Nullable String idempotencyKey, @Nullable String orderingKey) {
        JobId own = randomId();
        return new PlannedJob(
                idempotencyKey == null ? own : JobId.derivedFrom(user, idempotencyKey),
                user,
                idempotencyKey,
                random.nextDouble() < ASKS
                        ? new Work.Inference(
                                questions(own.toString(), random.nextInt(LEAST_QUESTIONS, MOST_QUESTIONS + 1)))
                        : picture(),
                priority(),
                orderingKey);
    }

    private Work picture() {
        boolean tiny = random.nextDouble() < TINY;
        return new Work.Render(
                tiny ? "tiny-cube" : "cornell-box",
                tiny ? TINY_WIDTH : random.nextInt(LEAST_WIDTH, MOST_WIDTH + 1),
                tiny ? 1 : SAMPLES);
    }

    /** A UUID of version 4, which the API requires of an id that a client chooses. */
    private JobId randomId() {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & ~(0b11L << 62)) | (0b10L << 62);
        return new JobId(new UUID(high, low));
    }

    private String priority() {
        double drawn = random.nextDouble();
        return drawn < HIGH ? "HIGH" : drawn < HIGH + LOW ? "LOW" : "NORMAL";
    }
}
