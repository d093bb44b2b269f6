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
 * Repeats failed calls of an AWS client according to the settings of Resilience4j, in place of the SDK's retries, so
 * that retries are configured in one place and counted in the metrics. This requires that all calls can be repeated:
 * reads, puts of the same content under the same key, and writes with a condition on the state that they change.
 */
public final class RetriedCalls implements InvocationHandler {
    /** The shared configuration from which each retry is created. */
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
     * @param name the retry's name in {@code resilience4j.retry.instances}
     */
    public static <C> C of(Class<C> type, C client, RetryRegistry retries, String name) {
        Retry retry = retries.getConfiguration(SETTINGS).isPresent()
                ? retries.retry(name, SETTINGS)
                : retries.retry(name, RetriedCalls::defaults);
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new RetriedCalls(client, retry)));
    }

    /** The configuration for programs without the settings of a service. */
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
