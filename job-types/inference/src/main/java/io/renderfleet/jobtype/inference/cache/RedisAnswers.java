package io.renderfleet.jobtype.inference.cache;

import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/**
 * Keeps answers in Redis, for all workers. While Redis does not respond, there are no answers: after an error, it is left
 * alone for ten seconds, so that tasks do not wait for it one after another.
 */
final class RedisAnswers implements AnswerStore {
    private static final Logger log = LoggerFactory.getLogger(RedisAnswers.class);
    private static final int MAX_CONNECTIONS = 16;
    private static final int TIMEOUT_MILLIS = 500;
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final JedisPooled redis;
    private final String prefix;
    private final Duration keep;
    private volatile boolean isFailing;
    private volatile long retryAt;

    /**
     * Makes no calls.
     *
     * @param address such as {@code rediss://user:password@host:6379}
     * @param prefix the beginning of all keys
     */
    RedisAnswers(URI address, String prefix, Duration keep) {
        var connections = new GenericObjectPoolConfig<Connection>();
        connections.setMaxTotal(MAX_CONNECTIONS);
        connections.setMaxWait(Duration.ofMillis(TIMEOUT_MILLIS));
        this.redis = new JedisPooled(connections, address, TIMEOUT_MILLIS, TIMEOUT_MILLIS);
        this.prefix = prefix;
        this.keep = keep;
    }

    @Override
    public @Nullable String get(String key) {
        return attempt(client -> client.get(prefix + key));
    }

    @Override
    public void put(String key, String text) {
        attempt(client -> client.set(prefix + key, text, SetParams.setParams().px(keep.toMillis())));
    }

    private @Nullable String attempt(Function<JedisPooled, @Nullable String> call) {
        if (isFailing && System.nanoTime() - retryAt < 0) {
            return null;
        }
        try {
            String text = call.apply(redis);
            if (isFailing) {
                isFailing = false;
                log.info("Redis responds again; answers of models are kept there");
            }
            return text;
        } catch (JedisException e) {
            retryAt = System.nanoTime() + PAUSE.toNanos();
            if (!isFailing) {
                isFailing = true;
                log.warn(
                        "Redis does not respond; every answer is asked of its model. Trying again every {} s. Check"
                                + " renderfleet.inference.cache.redis and the network",
                        PAUSE.toSeconds(),
                        e);
            }
            return null;
        }
    }

    @Override
    public void close() {
        redis.close();
    }
}
