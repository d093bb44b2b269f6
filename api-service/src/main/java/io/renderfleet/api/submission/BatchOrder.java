package io.renderfleet.api.submission;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which jobs of a batch must be stored one after another: those with one id, of which the later ones are repeats or
 * conflicts, and those of one user with one ordering key, whose order is that of the batch. A job can be in both
 * relations, so what it relates to belongs together too. Pure.
 */
final class BatchOrder {
    private BatchOrder() {}

    /**
     * A job and its place in the batch.
     *
     * @param index from 0, rising
     */
    record Entry(int index, Submission submission) {}

    /** All entries, in groups that may be stored side by side; in a group they are in the order of the batch. */
    static List<List<Entry>> groups(List<Entry> entries) {
        Map<Object, Integer> groupOf = new HashMap<>();
        // By the least index of the group, so that merging two is one removal.
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
