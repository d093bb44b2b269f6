package io.renderfleet.api.admin;

import io.renderfleet.api.admin.DeadLetterProcessor.Item;
import io.renderfleet.api.admin.DeadLetterProcessor.Outcome;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/**
 * The outcome of a request to delete dead letters.
 *
 * @param deleted the number of letters that were deleted
 * @param kept the number of letters that were kept because a worker holds the job or a newer version wrote it
 * @param failed the number of letters that could not be deleted because of an error; they stay in their queue
 * @param items the outcome for each matching letter
 * @param unfinished the queues that were not read completely, because SQS did not respond or the time or the limit ran
 *     out. Repeat the request to continue
 */
@Schema(name = "DeletionAnswer")
record DeletionAnswer(int deleted, int kept, int failed, List<Item> items, List<String> unfinished) {

    static DeletionAnswer of(DeadLetterProcessor.Result result) {
        return new DeletionAnswer(
                result.count(Outcome.DELETED),
                result.count(Outcome.KEPT),
                result.count(Outcome.FAILED),
                result.items(),
                result.unfinished());
    }
}
