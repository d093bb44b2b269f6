package io.renderfleet.localaws;

import static io.renderfleet.localaws.TestClients.HOME;
import static io.renderfleet.localaws.TestClients.WEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.testing.JobBuilder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LocalSqsTests {
    private static final QueueNames NAMES = new QueueNames("local");

    private LocalAws aws;
    private TestClients clients;
    private SqsClient home;
    private SqsClient west;

    @BeforeAll
    void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        clients = new TestClients(aws);
        home = clients.sqs(HOME);
        west = clients.sqs(WEST);
    }

    @AfterAll
    void stop() {
        clients.close();
        aws.close();
    }

    @BeforeEach
    void emptyTheQueuesUsedHere() {
        for (Lane lane : List.of(Lane.NORMAL, Lane.ORDERED)) {
            String url = url(west, NAMES.regional(WEST, JobBuilder.POOL, lane));
            west.purgeQueue(request -> request.queueUrl(url));
        }
    }

    @ParameterizedTest
    @EnumSource
    void homeRegionHasMasterQueueOfEachLaneWithDeadLettersBehindIt(Lane lane) {
        assertQueue(home, NAMES.master(JobBuilder.POOL, lane), lane, "60");
    }

    @ParameterizedTest
    @EnumSource
    void eachRegionHasQueueOfEachLaneWithDeadLettersBehindIt(Lane lane) {
        assertQueue(home, NAMES.regional(HOME, JobBuilder.POOL, lane), lane, "120");
        assertQueue(west, NAMES.regional(WEST, JobBuilder.POOL, lane), lane, "120");
    }

    @Test
    void regionsHoldNothingButTheirOwnQueues() {
        assertThat(west.listQueues().queueUrls())
                .hasSize(2 * Lane.values().length)
                .allSatisfy(url -> assertThat(url).contains("renderfleet-local-us-west-2-"));
    }

    @Test
    void keepsMessageGroupOfStandardQueue() {
        String url = url(west, NAMES.regional(WEST, JobBuilder.POOL, Lane.NORMAL));
        west.sendMessage(request -> request.queueUrl(url).messageBody("job").messageGroupId("user-1"));

        assertThat(receive(url, 1))
                .singleElement()
                .satisfies(message -> assertThat(message.attributes())
                        .containsEntry(MessageSystemAttributeName.MESSAGE_GROUP_ID, "user-1")
                        .containsEntry(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1"));
    }

    @Test
    void givesMessagesOfOneGroupInOrderAndOneAtTimeOnFifoQueue() {
        String url = url(west, NAMES.regional(WEST, JobBuilder.POOL, Lane.ORDERED));
        for (String body : List.of("first", "second")) {
            west.sendMessage(request -> request.queueUrl(url)
                    .messageBody(body)
                    .messageGroupId("key")
                    .messageDeduplicationId(body));
        }

        var first = receive(url, 1).getFirst();
        var whileFirstRuns = west.receiveMessage(
                        request -> request.queueUrl(url).waitTimeSeconds(0).maxNumberOfMessages(10))
                .messages();
        delete(url, first);

        assertThat(first.body()).isEqualTo("first");
        assertThat(whileFirstRuns).isEmpty();
        assertThat(receive(url, 1)).extracting(Message::body).containsExactly("second");
    }

    @Test
    void sendsAndDeletesInBatches() {
        String url = url(west, NAMES.regional(WEST, JobBuilder.POOL, Lane.NORMAL));
        var entries = List.of("a", "b", "c").stream()
                .map(id -> SendMessageBatchRequestEntry.builder()
                        .id(id)
                        .messageBody(id)
                        .build())
                .toList();
        assertThat(west.sendMessageBatch(request -> request.queueUrl(url).entries(entries))
                        .successful())
                .hasSize(3);

        var received = receive(url, 10);
        var deleted = west.deleteMessageBatch(request -> request.queueUrl(url)
                .entries(received.stream()
                        .map(message ->
                                software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry.builder()
                                        .id(message.messageId())
                                        .receiptHandle(message.receiptHandle())
                                        .build())
                        .toList()));

        assertThat(received).extracting(Message::body).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(deleted.successful()).hasSize(3);
        assertThat(depth(url))
                .containsOnly(
                        Map.entry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0"),
                        Map.entry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, "0"));
    }

    @Test
    void countsMessageAsInFlightUntilItIsMadeVisibleAgain() {
        String url = url(west, NAMES.regional(WEST, JobBuilder.POOL, Lane.NORMAL));
        west.sendMessage(request -> request.queueUrl(url).messageBody("job"));
        var received = receive(url, 1).getFirst();
        assertThat(depth(url)).containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, "1");

        west.changeMessageVisibility(request ->
                request.queueUrl(url).receiptHandle(received.receiptHandle()).visibilityTimeout(0));

        assertThat(receive(url, 1))
                .singleElement()
                .satisfies(message -> assertThat(message.attributes())
                        .containsEntry(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "2"));
    }

    @Test
    void longPollReturnsMessageThatArrivesWhileItWaits() {
        String url = url(west, NAMES.regional(WEST, JobBuilder.POOL, Lane.NORMAL));
        var waiting = CompletableFuture.supplyAsync(() -> receive(url, 1));
        west.sendMessage(request -> request.queueUrl(url).messageBody("late"));

        assertThat(waiting.join()).extracting(Message::body).containsExactly("late");
    }

    @Test
    void keepsMessagesOfRegionThatWasCutOff() {
        String url = url(west, NAMES.regional(WEST, JobBuilder.POOL, Lane.NORMAL));
        west.sendMessage(request -> request.queueUrl(url).messageBody("kept"));

        aws.stopRegion(WEST);
        try {
            assertThatThrownBy(() -> receive(url, 1)).isInstanceOf(SdkClientException.class);
            assertThat(home.listQueues().queueUrls()).isNotEmpty();
        } finally {
            aws.startRegion(WEST);
        }

        assertThat(receive(url, 1)).extracting(Message::body).containsExactly("kept");
    }

    private static void assertQueue(SqsClient sqs, String name, Lane lane, String visibility) {
        var attributes = attributes(sqs, name);
        var deadLetters = attributes(sqs, QueueNames.deadLetters(name));

        assertThat(attributes)
                .containsEntry(QueueAttributeName.VISIBILITY_TIMEOUT, visibility)
                .containsEntry(QueueAttributeName.RECEIVE_MESSAGE_WAIT_TIME_SECONDS, "20");
        assertThat(attributes.get(QueueAttributeName.REDRIVE_POLICY))
                .contains("\"maxReceiveCount\":10")
                .contains(deadLetters.get(QueueAttributeName.QUEUE_ARN));
        assertThat(List.of(attributes, deadLetters))
                .allSatisfy(each -> assertThat("true".equals(each.get(QueueAttributeName.FIFO_QUEUE)))
                        .isEqualTo(lane.isFifo()));
    }

    private static Map<QueueAttributeName, String> attributes(SqsClient sqs, String name) {
        String url = url(sqs, name);
        return sqs.getQueueAttributes(request -> request.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                .attributes();
    }

    private Map<QueueAttributeName, String> depth(String url) {
        return west.getQueueAttributes(request -> request.queueUrl(url)
                        .attributeNames(
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                .attributes();
    }

    private List<Message> receive(String url, int most) {
        return west.receiveMessage(request -> request.queueUrl(url)
                        .maxNumberOfMessages(most)
                        .waitTimeSeconds(20)
                        .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
                .messages();
    }

    private void delete(String url, Message message) {
        west.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
    }

    private static String url(SqsClient sqs, String name) {
        return sqs.getQueueUrl(request -> request.queueName(name)).queueUrl();
    }
}
