package io.renderfleet.chaos;

import io.renderfleet.chaos.Submission.Manner;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
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
    private static final double HIGH = 0.1;
    private static final double LOW = 0.25;
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
        return new Submission(
                at, jobs, batch, manner(), Duration.ofMillis(random.nextLong(1, MAX_FIRST_TIMEOUT_MILLIS + 1)));
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
        boolean tiny = random.nextDouble() < TINY;
        int width = tiny ? 16 : random.nextInt(LEAST_WIDTH, MOST_WIDTH + 1);
        return new PlannedJob(
                idempotencyKey == null ? own : JobId.derivedFrom(user, idempotencyKey),
                user,
                idempotencyKey,
                tiny ? "tiny-cube" : "cornell-box",
                width,
                tiny ? 1 : SAMPLES,
                priority(),
                orderingKey);
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
