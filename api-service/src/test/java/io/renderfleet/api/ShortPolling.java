package io.renderfleet.api;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;

/**
 * Makes every receive call of this JVM answer at once. A short poll of SQS asks only some of its servers and can miss
 * messages; local AWS has one server, where a long poll of an empty queue only waits. The SDK finds this class through
 * {@code software/amazon/awssdk/global/handlers/execution.interceptors} on the class path.
 */
public final class ShortPolling implements ExecutionInterceptor {
    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        return context.request() instanceof ReceiveMessageRequest receive
                ? receive.toBuilder().waitTimeSeconds(0).build()
                : context.request();
    }
}
