package io.renderfleet.system;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.services.sqs.model.SqsRequest;

/**
 * Counts the requests of every SQS client in this JVM, retries included. The SDK finds it through
 * {@code software/amazon/awssdk/global/handlers/execution.interceptors} on the class path.
 */
public final class SqsCalls implements ExecutionInterceptor {
    /** Counts the requests that send messages with a delay, in place of their operation. */
    static final String DELAYED = "Delayed SendMessage";

    private static final Map<String, Map<String, Long>> COUNTS = new ConcurrentHashMap<>();

    /** The requests so far whose queue has such an address, by operation. */
    static Map<String, Long> of(Predicate<String> queue) {
        Map<String, Long> sum = new TreeMap<>();
        COUNTS.forEach((address, counts) -> {
            if (queue.test(address)) {
                counts.forEach((operation, count) -> sum.merge(operation, count, Long::sum));
            }
        });
        return sum;
    }

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        if (context.request() instanceof SqsRequest) {
            String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
            count(context.request(), isDelayed(context.request()) ? DELAYED : String.valueOf(operation));
        }
    }

    private static boolean isDelayed(SdkRequest request) {
        return switch (request) {
            case SendMessageRequest one -> one.delaySeconds() != null;
            case SendMessageBatchRequest many ->
                many.entries().stream().anyMatch(message -> message.delaySeconds() != null);
            default -> false;
        };
    }

    private static void count(SdkRequest request, String operation) {
        String queue = request.getValueForField("QueueUrl", String.class).orElse("");
        COUNTS.computeIfAbsent(queue, _ -> new ConcurrentHashMap<>()).merge(operation, 1L, Long::sum);
    }
}
