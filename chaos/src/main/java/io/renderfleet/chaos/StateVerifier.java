package io.renderfleet.chaos;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Checks each guarantee of the fleet against the final state. Makes no calls. */
final class StateVerifier {
    private static final double MILLIS = 1_000;

    private final RunRecord record;
    private final FinalState finalState;
    private final Set<JobId> planned;

    /** @param planned the ids of all jobs that the plan submits */
    StateVerifier(RunRecord record, FinalState finalState, Set<JobId> planned) {
        this.record = record;
        this.finalState = finalState;
        this.planned = Set.copyOf(planned);
    }

    /** One check for each guarantee; the test passes if all of them hold. */
    List<Check> checks() {
        return List.of(
                Check.of("jobs lost", lost()),
                Check.of(
                        "jobs with more than one committed result",
                        jobs(job -> succeeded(job) > 1, job -> succeeded(job) + " attempts SUCCEEDED")),
                Check.of(
                        "COMPLETED jobs without a result in S3",
                        jobs(
                                job -> job.status() == JobStatus.COMPLETED && !hasResult(job),
                                job -> "COMPLETED, and S3 has no " + job.result())),
                Check.of("jobs not finished", jobs(job -> !job.status().isTerminal(), job -> "is " + job.status())),
                Check.of("repeated submissions that created a second job", secondJobs()),
                counted("messages left in queues", finalState.messages()),
                counted("dead letters", finalState.deadLetters()),
                Check.of("jobs FAILED", jobs(job -> job.status() == JobStatus.FAILED, job -> "FAILED: " + job.error())),
                Check.of("jobs started out of order", outOfOrder()),
                Check.of(
                        "jobs charged for an interruption",
                        jobs(StateVerifier::isCharged, job -> "charged " + job.chargedAttempts() + ": " + errors(job))),
                counted("processes that exited unexpectedly", finalState.unexpectedExits()));
    }

    private List<String> lost() {
        return record.inOrder().stream()
                .filter(id -> !finalState.jobs().containsKey(id))
                .map(id -> id + " was acknowledged and is not in the table")
                .toList();
    }

    /** Only acknowledged jobs are checked, because the fleet guarantees nothing about the others. */
    private List<String> jobs(Predicate<Job> broken, Function<Job, String> why) {
        return acknowledged()
                .filter(broken)
                .map(job -> job.id() + " " + why.apply(job) + "\n" + JobText.text(job))
                .toList();
    }

    private Stream<Job> acknowledged() {
        return record.inOrder().stream().map(finalState.jobs()::get).filter(Objects::nonNull);
    }

    private static long succeeded(Job job) {
        return job.attempts().stream()
                .filter(attempt -> attempt.outcome() == Attempt.Outcome.SUCCEEDED)
                .count();
    }

    private boolean hasResult(Job job) {
        return finalState.results().contains(job.id());
    }

    private static boolean isCharged(Job job) {
        return job.chargedAttempts() > 0
                || job.attempts().stream().anyMatch(attempt -> attempt.outcome().isCharged());
    }

    private static List<String> errors(Job job) {
        return job.attempts().stream()
                .filter(attempt -> attempt.outcome().isCharged())
                .map(attempt -> "attempt " + attempt.number() + " " + attempt.outcome() + " " + attempt.error())
                .toList();
    }

    private List<String> secondJobs() {
        List<String> all = new ArrayList<>(record.secondJobs());
        finalState.jobs().keySet().stream()
                .filter(id -> !planned.contains(id))
                .forEach(id -> all.add(id + " is in the table and was not planned"));
        return all;
    }

    private static Check counted(String label, Map<String, ? extends Number> counts) {
        return new Check(
                label,
                counts.entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + entry.getValue())
                        .toList(),
                counts.values().stream().mapToLong(Number::longValue).sum());
    }

    /** A retried job loses its position in the order, so it is not compared with its neighbours. */
    private List<String> outOfOrder() {
        Map<String, List<Job>> keys = new TreeMap<>();
        Set<JobId> retried = record.retried();
        acknowledged()
                .filter(job -> job.orderingKey() != null && job.startedAt() != null)
                .filter(job -> !retried.contains(job.id()))
                .sorted(Comparator.comparing(Job::createdAt))
                .forEach(job -> keys.computeIfAbsent(
                                job.userId() + "'s " + job.orderingKey(), unseen -> new ArrayList<>())
                        .add(job));
        List<String> violations = new ArrayList<>();
        keys.forEach((key, jobs) -> {
            for (int i = 1; i < jobs.size(); i++) {
                Instant finished = jobs.get(i - 1).finishedAt();
                Instant started = Objects.requireNonNull(jobs.get(i).startedAt());
                if (finished == null || started.isBefore(finished)) {
                    violations.add(jobs.get(i).id() + " of " + key + " started at " + started + ", and "
                            + jobs.get(i - 1).id() + " before it ended at " + finished);
                }
            }
        });
        return violations;
    }

    /**
     * The seconds from the moment a worker was killed or paused to the next start of each job that it was running. Jobs
     * that did not start again are left out: they were cancelled, or their last write had already been sent.
     */
    List<Double> recoveries() {
        List<Double> all = new ArrayList<>();
        for (RunRecord.Interruption interruption : record.interruptions()) {
            interruption.jobs().stream()
                    .map(finalState.jobs()::get)
                    .filter(Objects::nonNull)
                    .flatMap(job -> nextStart(job, interruption.at()))
                    .map(next -> Duration.between(interruption.at(), next).toMillis() / MILLIS)
                    .forEach(all::add);
        }
        return all;
    }

    private static Stream<Instant> nextStart(Job job, Instant after) {
        Stream<Instant> starts = job.attempts().stream().map(Attempt::startedAt);
        return Stream.concat(starts, Stream.ofNullable(job.startedAt()))
                .filter(start -> start.isAfter(after))
                .min(Comparator.naturalOrder())
                .stream();
    }
}
