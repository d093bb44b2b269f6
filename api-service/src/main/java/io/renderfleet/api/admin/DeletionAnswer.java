package io.renderfleet.api.admin;

import io.renderfleet.api.admin.LetterRun.Item;
import io.renderfleet.api.admin.LetterRun.Outcome;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/**
 * What became of the letters that were to be deleted.
 *
 * @param deleted letters that are gone
 * @param kept letters whose job a worker holds just now, or that a newer version wrote
 * @param failed letters whose turn did not work out; they are left where they are
 * @param unfinished queues that were not looked through to their end: out of reach, of time or of the limit. Sending
 *     the same request again goes on
 */
@Schema(name = "DeletionAnswer")
record DeletionAnswer(int deleted, int kept, int failed, List<Item> items, List<String> unfinished) {

    static DeletionAnswer of(LetterRun.Ended ended) {
        return new DeletionAnswer(
                ended.count(Outcome.DELETED),
                ended.count(Outcome.KEPT),
                ended.count(Outcome.FAILED),
                ended.items(),
                ended.unfinished());
    }
}
