package io.renderfleet.worker;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;

/** Counts the receive calls of every client in this JVM, by queue. The SDK makes one itself, by a file of resources. */
public final class SqsCalls implements ExecutionInterceptor {
    private static final Map<String, AtomicInteger> RECEIVES = new ConcurrentHashMap<>();

    /** How many receives there were from the queue of this name so far. */
    public static int receives(String queue) {
        return RECEIVES.entrySet().stream()
                .filter(entry -> entry.getKey().endsWith("/" + queue))
                .mapToInt(entry -> entry.getValue().get())
                .sum();
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        if (context.request() instanceof ReceiveMessageRequest receive) {
            RECEIVES.computeIfAbsent(receive.queueUrl(), _ -> new AtomicInteger())
                    .incrementAndGet();
        }
    }
}
