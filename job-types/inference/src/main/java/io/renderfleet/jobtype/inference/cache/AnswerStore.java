package io.renderfleet.jobtype.inference.cache;

import org.jspecify.annotations.Nullable;

/**
 * Where answers are kept. It may lose any of them, and never fails: an answer that cannot be read is not there.
 *
 * <p>Thread-safe.
 */
interface AnswerStore extends AutoCloseable {

    /** The text of a key; null if there is none. */
    @Nullable
    String get(String key);

    void put(String key, String text);

    @Override
    void close();
}
