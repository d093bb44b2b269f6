package io.renderfleet.bench.calls;

import java.util.List;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;

/**
 * Counts the calls of every AWS client in this JVM. The SDK finds it through
 * {@code software/amazon/awssdk/global/handlers/execution.interceptors} on the class path and creates one per client;
 * all of them share the same counts.
 */
public final class CountingInterceptor implements ExecutionInterceptor {
    /** The counts of the calls of all clients. */
    public static final CallCounter CALLS = new CallCounter();

    /** The job items that all clients wrote. */
    public static final JobWrites JOBS = new JobWrites();

    private static final ExecutionAttribute<Boolean> TRIED = new ExecutionAttribute<>("renderfleet-bench-tried");

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        return Requests.askForCapacity(context.request());
    }

    /** Called for each request, including retries. */
    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        boolean again = Boolean.TRUE.equals(attributes.getAttribute(TRIED));
        attributes.putAttribute(TRIED, true);
        CALLS.add(kind(context.request(), attributes), CallCount.sent(again));
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        SdkResponse response = context.response();
        boolean empty = response instanceof ReceiveMessageResponse received
                && received.messages().isEmpty();
        double reported = reportedUnits(response);
        CALLS.add(
                kind(context.request(), attributes),
                CallCount.answered(
                        Requests.entries(context.request(), response),
                        empty,
                        JOBS.answered(context.request(), response, reported),
                        reported));
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        CALLS.add(
                kind(context.request(), attributes),
                CallCount.failed(JOBS.failed(context.request(), context.exception())));
    }

    private static CallKind kind(SdkRequest request, ExecutionAttributes attributes) {
        return new CallKind(
                attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME),
                attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME),
                Requests.target(request));
    }

    /** The sum for the table and its indexes. A batch returns one value per table. */
    private static double reportedUnits(SdkResponse response) {
        Object capacity =
                response.getValueForField("ConsumedCapacity", Object.class).orElse(null);
        return switch (capacity) {
            case ConsumedCapacity one -> units(one);
            case List<?> many ->
                many.stream()
                        .filter(ConsumedCapacity.class::isInstance)
                        .mapToDouble(one -> units((ConsumedCapacity) one))
                        .sum();
            case null, default -> 0;
        };
    }

    private static double units(ConsumedCapacity capacity) {
        return capacity.capacityUnits() == null ? 0 : capacity.capacityUnits();
    }
}
