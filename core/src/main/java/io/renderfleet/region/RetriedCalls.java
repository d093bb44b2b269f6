package io.renderfleet.region;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client of an AWS service whose every call is tried again as Resilience4j's settings say, in place of the SDK's own
 * retries: one place to set them, and counts of them among the metrics. All our calls can be repeated: reads, puts of
 * the same content under the same key, and writes under a condition that names what they start from.
 */
public final class RetriedCalls implements InvocationHandler {
    /** The settings that every service's retry starts from. */
    private static final String SETTINGS = "aws";

    private final Object client;
    private final Retry retry;

    private RetriedCalls(Object client, Retry retry) {
        this.client = client;
        this.retry = retry;
    }

    /**
     * Wraps a client.
     *
     * @param type the client's interface
     * @param name of the retry, as in {@code resilience4j.retry.instances}
     */
    public static <C> C of(Class<C> type, C client, RetryRegistry retries, String name) {
        Retry retry = retries.getConfiguration(SETTINGS).isPresent()
                ? retries.retry(name, SETTINGS)
                : retries.retry(name, RetriedCalls::defaults);
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new RetriedCalls(client, retry)));
    }

    /** For whoever uses the library without a service's settings. */
    private static RetryConfig defaults() {
        return RetryConfig.custom()
                .maxAttempts(3)
                .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(50), 2, 0.5))
                .retryOnException(new PassingFailure())
                .build();
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class || method.getName().equals("close")) {
            return call(method, arguments);
        }
        return retry.executeCheckedSupplier(() -> call(method, arguments));
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(client, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
