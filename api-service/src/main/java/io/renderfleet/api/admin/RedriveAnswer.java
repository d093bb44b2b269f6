package io.renderfleet.api.admin;

import io.renderfleet.api.admin.DeadLetterProcessor.Item;
import io.renderfleet.api.admin.DeadLetterProcessor.Outcome;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/**
 * The outcome of a redrive.
 *
 * @param redriven the number of letters whose job was reopened and sent again
 * @param obsolete the number of letters that were deleted because their job is over or has a newer message
 * @param kept the number of letters that stay in their queue because they cannot be redriven
 * @param failed the number of letters that could not be processed because of an error; they stay in their queue
 * @param items the outcome for each matching letter
 * @param unfinished the queues that were not read completely, because SQS did not respond or the time or the limit ran
 *     out. Repeat the request to continue
 */
@Schema(name = "RedriveAnswer")
record RedriveAnswer(int redriven, int obsolete, int kept, int failed, List<Item> items, List<String> unfinished) {

    static RedriveAnswer of(DeadLetterProcessor.Result result) {
        return new RedriveAnswer(
                result.count(Outcome.REDRIVEN),
                result.count(Outcome.OBSOLETE),
                result.count(Outcome.KEPT),
                result.count(Outcome.FAILED),
                result.items(),
                result.unfinished());
    }
}
