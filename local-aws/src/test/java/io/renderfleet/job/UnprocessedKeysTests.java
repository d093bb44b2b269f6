package io.renderfleet.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.region.PassingFailure;
import io.renderfleet.testing.MutableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/** A listing over a table that gives back part of each batch unread, as DynamoDB does when it is short of capacity. */
class UnprocessedKeysTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.000Z");
    private static LocalTables tables;

    private final MutableClock clock = new MutableClock(NOW);
    private final List<Duration> pauses = new ArrayList<>();
    private final UserId user = new UserId("user-" + JobId.random());
    private List<JobId> stored = List.of();

    @BeforeAll
    static void start() {
        tables = new LocalTables();
    }

    @AfterAll
    static void stop() {
        tables.close();
    }

    @BeforeEach
    void storeEightJobs() {
        stored = tables.storeJobs(clock, user, 8);
    }

    /** The history over a table that reads no more than so many items of a batch. */
    private JobHistory reading(int most) {
        DynamoDbClient client = (DynamoDbClient) Proxy.newProxyInstance(
                DynamoDbClient.class.getClassLoader(),
                new Class<?>[] {DynamoDbClient.class},
                (_, method, arguments) -> {
                    try {
                        return method.getName().equals("batchGetItem")
                                ? partOf(request(arguments[0]), most)
                                : method.invoke(tables.client(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return new JobHistory(client, JobTable.name("local"), clock, length -> {
            pauses.add(length);
            clock.advance(length);
        });
    }

    @SuppressWarnings("unchecked") // The SDK takes a request or a consumer of its builder; the proxy sees an Object.
    private static BatchGetItemRequest request(Object argument) {
        return argument instanceof BatchGetItemRequest request
                ? request
                : BatchGetItemRequest.builder()
                        .applyMutation((Consumer<BatchGetItemRequest.Builder>) argument)
                        .build();
    }

    private static BatchGetItemResponse partOf(BatchGetItemRequest request, int most) {
        Map.Entry<String, KeysAndAttributes> asked =
                request.requestItems().entrySet().iterator().next();
        var keys = asked.getValue().keys();
        int read = Math.min(most, keys.size());
        BatchGetItemResponse.Builder answer = read == 0
                ? BatchGetItemResponse.builder().responses(Map.of())
                : tables
                        .client()
                        .batchGetItem(part -> part.requestItems(Map.of(
                                asked.getKey(),
                                asked.getValue().toBuilder()
                                        .keys(keys.subList(0, read))
                                        .build())))
                        .toBuilder();
        return answer.unprocessedKeys(
                        read == keys.size()
                                ? Map.of()
                                : Map.of(
                                        asked.getKey(),
                                        asked.getValue().toBuilder()
                                                .keys(keys.subList(read, keys.size()))
                                                .build()))
                .build();
    }

    private JobHistory.Query all() {
        return new JobHistory.Query(user, JobFilter.ALL, null, null, 100, null);
    }

    @Test
    void aListingWaitsForTheItemsThatWereLeftUnreadAndHasThemAll() {
        assertThat(reading(1).list(all()).jobs()).extracting(Job::id).containsExactlyElementsOf(stored);
        assertThat(pauses).hasSize(7).allMatch(Duration::isPositive);
        assertThat(pauses.getLast()).isGreaterThan(pauses.getFirst());
    }

    @Test
    void aCountOfOpenJobsLeavesNoneOut() {
        assertThat(reading(1).countOpen(user, NOW, 100)).isEqualTo(8);
    }

    @Test
    void aListingFailsWithAPassingFailureWhenItemsStayUnread() {
        assertThatThrownBy(() -> reading(0).list(all()))
                .isInstanceOf(RuntimeException.class)
                .matches(new PassingFailure())
                .hasMessageContaining("did not return 8 items of a batch");
        assertThatThrownBy(() -> reading(0).countOpen(user, NOW, 100)).matches(new PassingFailure());
        assertThat(Duration.between(NOW, clock.instant()))
                .isBetween(BatchReads.LIMIT, BatchReads.LIMIT.multipliedBy(2));
    }
}
