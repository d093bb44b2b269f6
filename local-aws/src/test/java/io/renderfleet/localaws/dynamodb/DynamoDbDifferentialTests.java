package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.URI;
import java.util.Random;
import net.jqwik.api.Example;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Random sequences of requests, sent to this DynamoDB and to Moto's: both answer the same. {@code
 * -Ddifferential.seed=} chooses other sequences, {@code -Ddifferential.sequences=} how many.
 *
 * <p>Where Moto differs from the service, the sequences leave out what cannot be compared. In each case the
 * documentation says what the service does:
 *
 * <ul>
 *   <li>Comparing two types, or {@code size} of nothing, is an internal error; {@code BETWEEN} is false for zero and
 *   for
 *       the empty string; null is equal to nothing, and nothing to nothing; {@code size} and order of binaries are
 *       those of their Base64, and {@code begins_with} and {@code contains} are false for them. The service:
 *       {@code a BETWEEN b AND c} is true if {@code a} is greater than or equal to {@code b}, and less than or equal to
 *       {@code c}; the size of a binary is its number of bytes (<a
 *       href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html">operators
 *       and functions</a>), and binaries are compared by unsigned bytes (<a
 *       href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html">data
 *       types</a>).
 *   <li>Subtraction is in binary floating point, exponents are no numbers in sums, a number of 1E+126 is taken, and
 *   numbers
 *       in sets are compared as text. The service: up to 38 digits, from 1E-130 to 9.9…E+125 (the same page).
 *   <li>Setting a member of a value that is no map has no effect. The service: a document path that does not exist in
 *   the
 *       item is invalid for an update (the update expressions below).
 *   <li>Of an update that fails, what came before the failure stays; a wrong update of an item that does not meet the
 *       condition is told of the condition; elements beyond the end of a list are appended in the order of the
 *       expression; an attribute that is set from another one changes with it later. The service: an update is atomic,
 *       elements are sorted by their numbers, and each action sees the item as it was (<a
 *       href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html">update
 *       expressions</a>).
 *   <li>The type of an index's key in an update, operands of a wrong type, and invalid paths of {@code REMOVE} and
 *   {@code
 *       ADD} have other messages, as has an update in a transaction, which is no reason of a cancellation. The service
 *       lists its own (<a
 *       href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html">TransactWriteItems</a>).
 *   <li>{@code UPDATED_OLD} and {@code UPDATED_NEW} have only what has changed. The service: the updated attributes (<a
 *       href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html">UpdateItem</a>).
 *   <li>A filter may have key attributes, the page that the limit ends has no last key when nothing follows, and a scan
 *       returns items with {@code COUNT}. The service: a filter has no partition key or sort key attributes (<a
 *       href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.FilterExpression.html">filter
 *       expressions</a>), and a last key does not mean that there is more (<a
 *       href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html">pagination</a>).
 *   <li>A projection has one element of a list at most, and none behind a placeholder (<a
 *       href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html">projection
 *       expressions</a> have any).
 *   <li>Equal keys in two spellings of a number are not found to be twice in a batch or a transaction.
 * </ul>
 */
class DynamoDbDifferentialTests {
    private static final Logger log = LoggerFactory.getLogger(DynamoDbDifferentialTests.class);
    private static final long SEED = Long.getLong("differential.seed", 20_260_101L);
    private static final int SEQUENCES = Integer.getInteger("differential.sequences", 40);
    private static final int GENERATOR_SIZE = 1000;

    @Example
    void answersAsMotoDoes() throws IOException, InterruptedException {
        try (MotoServer moto = MotoServer.start().orElseThrow(DynamoDbDifferentialTests::notInstalled);
                DynamoDbServer server =
                        DynamoDbServer.start("127.0.0.1", 0, DynamoDbSettings.defaults(), "key", "secret");
                DynamoDbClient ours = client(URI.create("http://127.0.0.1:" + server.port()));
                DynamoDbClient theirs = client(moto.endpoint())) {
            var comparison = new Comparison(ours, theirs);
            var random = new Random(SEED);
            var generator = RandomRequests.sequences().generator(GENERATOR_SIZE);
            for (int i = 0; i < SEQUENCES; i++) {
                var sequence = generator.next(random);
                if (comparison.difference(sequence.value()).isPresent()) {
                    fail("Seed %d, sequence %d, shrunk:%n%s".formatted(SEED, i, comparison.shrunk(sequence)));
                }
            }
            log.info("Compared {} answers, seed {}", comparison.answers(), SEED);
        }
    }

    private static TestAbortedException notInstalled() {
        log.warn("The emulated DynamoDB was not compared with another: there is no moto_server here");
        return new TestAbortedException("moto_server is not installed");
    }

    private static DynamoDbClient client(URI endpoint) {
        return DynamoDbClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                .overrideConfiguration(config -> config.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
    }
}
