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
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsRequest;

/**
 * Counts the requests of every SQS client in this JVM, retries included. The SDK finds it through
 * {@code software/amazon/awssdk/global/handlers/execution.interceptors} on the class path.
 */
public final class SqsCalls implements ExecutionInterceptor {
    /** Counts the answers to {@code ReceiveMessage} that had messages, in addition to the requests. */
    static final String RECEIVED = "ReceiveMessage with messages";

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
            count(context.request(), attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
        }
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        if (context.response() instanceof ReceiveMessageResponse response
                && !response.messages().isEmpty()) {
            count(context.request(), RECEIVED);
        }
    }

    private static void count(SdkRequest request, String operation) {
        String queue = request.getValueForField("QueueUrl", String.class).orElse("");
        COUNTS.computeIfAbsent(queue, _ -> new ConcurrentHashMap<>()).merge(operation, 1L, Long::sum);
    }
}
