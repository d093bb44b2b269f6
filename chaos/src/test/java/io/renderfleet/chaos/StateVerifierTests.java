package io.renderfleet.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.chaos.RunRecord.Interruption;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StateVerifierTests {
    private final RunRecord record = new RunRecord();
    private final Map<JobId, Job> table = new LinkedHashMap<>();

    @Test
    void noCheckFailsWhenEveryPromiseWasKept() {
        acknowledged(StoredJob.aJob().ran(1, 2).build());

        assertThat(broken()).isEmpty();
    }

    @Test
    void anAcknowledgedJobThatIsNotInTheTableIsLost() {
        acknowledged(StoredJob.aJob().ran(1, 2).build());
        table.clear();

        assertThat(broken()).containsExactly("jobs lost");
    }

    @Test
    void aJobThatWasNotAcknowledgedIsNotChecked() {
        Job job = StoredJob.aJob().status(JobStatus.PENDING).build();
        table.put(job.id(), job);

        assertThat(broken(Set.of(job.id()))).isEmpty();
    }

    @Test
    void aJobThatWasNotPlannedIsASecondJob() {
        Job job = StoredJob.aJob().ran(1, 2).build();
        table.put(job.id(), job);

        assertThat(broken(Set.of())).containsExactly("repeated submissions that created a second job");
    }

    @Test
    void twoSuccessfulAttemptsBreakAPromise() {
        acknowledged(StoredJob.aJob().ran(1, 2).ran(3, 4).build());

        assertThat(broken()).containsExactly("jobs with more than one committed result");
    }

    @Test
    void aCompletedJobWithoutItsResultBreaksAPromise() {
        Job job = StoredJob.aJob().ran(1, 2).build();
        acknowledged(job);

        assertThat(new StateVerifier(record, finalState(Set.of()), table.keySet()).checks())
                .filteredOn(check -> !check.holds())
                .extracting(Check::label)
                .containsExactly("COMPLETED jobs without a result in S3");
    }

    @Test
    void aJobThatIsNotTerminalIsNotOver() {
        acknowledged(StoredJob.aJob().status(JobStatus.PROCESSING).build());

        assertThat(broken()).containsExactly("jobs not finished");
    }

    @Test
    void aChargedInterruptionBreaksAPromise() {
        acknowledged(StoredJob.aJob()
                .attempt(1, 2, Attempt.Outcome.ERRORED)
                .ran(3, 4)
                .build());

        assertThat(broken()).containsExactly("jobs charged for an interruption");
    }

    @Test
    void theNextJobOfAKeyStartsAfterThePreviousOne() {
        acknowledged(StoredJob.aJob().of("key", 0).ran(1, 3).build());
        acknowledged(StoredJob.aJob().of("key", 1).ran(3, 4).build());
        assertThat(broken()).isEmpty();

        acknowledged(StoredJob.aJob().of("key", 2).ran(3, 5).build());
        assertThat(broken()).containsExactly("jobs started out of order");
    }

    @Test
    void aRetriedJobIsNotPartOfTheOrder() {
        Job retried = StoredJob.aJob().of("key", 0).ran(5, 6).build();
        acknowledged(retried);
        acknowledged(StoredJob.aJob().of("key", 1).ran(1, 2).build());
        record.retried(retried.id());

        assertThat(broken()).isEmpty();
    }

    @Test
    void recoveryIsFromTheKillToTheNextStart() {
        Job job = StoredJob.aJob()
                .attempt(1, 9, Attempt.Outcome.INTERRUPTED)
                .ran(9, 10)
                .build();
        acknowledged(job);
        record.interrupted(new Interruption(StoredJob.at(2), List.of(job.id())));
        record.interrupted(new Interruption(StoredJob.at(20), List.of(job.id())));

        assertThat(new StateVerifier(record, finalState(Set.of()), table.keySet()).recoveries())
                .containsExactly(7.0);
    }

    private void acknowledged(Job job) {
        table.put(job.id(), job);
        record.acknowledged(
                new PlannedJob(job.id(), job.userId(), null, new Work.Render("tiny-cube", 16, 1), "NORMAL", null),
                job.id());
    }

    private List<String> broken() {
        return broken(table.keySet());
    }

    private List<String> broken(Set<JobId> planned) {
        return new StateVerifier(record, finalState(table.keySet()), planned)
                .checks().stream()
                        .filter(check -> !check.holds())
                        .map(Check::label)
                        .toList();
    }

    private FinalState finalState(Set<JobId> results) {
        return new FinalState(table, results, Map.of(), Map.of(), Map.of());
    }
}
