package io.renderfleet.api.submission;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Groups the jobs of a batch that must be stored one after another: jobs with the same id, because the later ones are
 * repeats or conflicts, and jobs of the same user and ordering key, because their order is that of the batch. The
 * relation is transitive, so a job that is related to two groups merges them. Pure.
 */
final class BatchOrder {
    private BatchOrder() {}

    /**
     * A job and its position in the batch.
     *
     * @param index the position, from 0, ascending
     */
    record Entry(int index, Submission submission) {}

    /** Divides the entries into groups that can be stored in parallel. Within a group, entries are in batch order. */
    static List<List<Entry>> groups(List<Entry> entries) {
        Map<Object, Integer> groupOf = new HashMap<>();
        // The key is the lowest index of the group, so that merging two groups is one removal.
        Map<Integer, TreeSet<Integer>> groups = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            TreeSet<Integer> group = new TreeSet<>(List.of(i));
            for (Object relation : relations(entries.get(i).submission())) {
                Integer related = groupOf.get(relation);
                TreeSet<Integer> other = related == null ? null : groups.remove(related);
                if (other != null) {
                    group.addAll(other);
                }
            }
            int name = group.first();
            groups.put(name, group);
            group.forEach(member ->
                    relations(entries.get(member).submission()).forEach(relation -> groupOf.put(relation, name)));
        }
        List<List<Entry>> ordered = new ArrayList<>();
        groups.values()
                .forEach(group -> ordered.add(group.stream().map(entries::get).toList()));
        return ordered;
    }

    private static List<Object> relations(Submission submission) {
        return submission.orderingKey() == null
                ? List.of(submission.id())
                : List.of(submission.id(), List.of(submission.userId(), submission.orderingKey()));
    }
}
