package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.submission.BatchOrder.Entry;
import io.renderfleet.job.CompletionRequest;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTags;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatchOrderTests {
    @Test
    void jobsWithoutAnythingInCommonAreOnTheirOwn() {
        assertThat(groups(job(1, "u", null), job(2, "u", null), job(3, "u", "k")))
                .containsExactlyInAnyOrder(List.of(0), List.of(1), List.of(2));
    }

    @Test
    void oneIdIsOneGroup() {
        assertThat(groups(job(1, "u", null), job(2, "u", null), job(1, "u", null)))
                .containsExactlyInAnyOrder(List.of(0, 2), List.of(1));
    }

    @Test
    void oneKeyOfOneUserIsOneGroup() {
        assertThat(groups(job(1, "u", "k"), job(2, "v", "k"), job(3, "u", "k"), job(4, "u", "l")))
                .containsExactlyInAnyOrder(List.of(0, 2), List.of(1), List.of(3));
    }

    @Test
    void anIdInTwoKeysJoinsThemInTheOrderOfTheBatch() {
        assertThat(groups(job(1, "u", "k"), job(2, "u", "l"), job(3, "u", "k"), job(1, "u", "l"), job(4, "u", "k")))
                .containsExactly(List.of(0, 1, 2, 3, 4));
    }

    @Property
    void groupsAreWholeAndInOrder(
            @ForAll @Size(max = 40) List<@IntRange(max = 9) Integer> ids,
            @ForAll @Size(min = 40, max = 40) List<@IntRange(max = 5) Integer> keys) {
        Submission[] jobs = new Submission[ids.size()];
        for (int i = 0; i < jobs.length; i++) {
            jobs[i] = job(ids.get(i), "u", keys.get(i) == 0 ? null : "k" + keys.get(i));
        }
        List<List<Integer>> groups = groups(jobs);

        assertThat(groups).allSatisfy(group -> assertThat(group).isSorted());
        assertThat(groups.stream().flatMap(List::stream)).hasSize(jobs.length).doesNotHaveDuplicates();
        for (int i = 0; i < jobs.length; i++) {
            for (int j = 0; j < i; j++) {
                if (jobs[i].id().equals(jobs[j].id())
                        || (jobs[i].orderingKey() != null
                                && jobs[i].orderingKey().equals(jobs[j].orderingKey()))) {
                    int later = i;
                    int earlier = j;
                    assertThat(groups).anySatisfy(group -> assertThat(group).contains(earlier, later));
                }
            }
        }
    }

    private static List<List<Integer>> groups(Submission... jobs) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < jobs.length; i++) {
            entries.add(new Entry(i, jobs[i]));
        }
        return BatchOrder.groups(entries).stream()
                .map(group -> group.stream().map(Entry::index).toList())
                .toList();
    }

    private static Submission job(int id, String user, @Nullable String key) {
        return new Submission(
                new JobId(new UUID(0, id)),
                true,
                new UserId(user),
                new JobTypeName("render"),
                new PoolName("render"),
                _ -> new JobPayload("{}", 1),
                Priority.NORMAL,
                key == null ? null : new OrderingKey(key),
                List.of(),
                null,
                Duration.ofMinutes(1),
                1,
                "hash",
                _ -> CompletionRequest.NONE,
                JobTags.NONE);
    }
}
