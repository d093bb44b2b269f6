package io.renderfleet.api.admin;

import io.renderfleet.api.admin.LetterRun.Item;
import io.renderfleet.api.admin.LetterRun.Outcome;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/**
 * What became of the letters that were meant.
 *
 * @param redriven jobs that wait again
 * @param obsolete letters deleted because they stood for nothing
 * @param kept letters left where they are
 * @param failed letters whose turn did not work out; they are left where they are
 * @param unfinished queues that were not looked through to their end: out of reach, of time or of the limit. Sending
 *     the same request again goes on
 */
@Schema(name = "RedriveAnswer")
record RedriveAnswer(int redriven, int obsolete, int kept, int failed, List<Item> items, List<String> unfinished) {

    static RedriveAnswer of(LetterRun.Ended ended) {
        return new RedriveAnswer(
                ended.count(Outcome.REDRIVEN),
                ended.count(Outcome.OBSOLETE),
                ended.count(Outcome.KEPT),
                ended.count(Outcome.FAILED),
                ended.items(),
                ended.unfinished());
    }
}
