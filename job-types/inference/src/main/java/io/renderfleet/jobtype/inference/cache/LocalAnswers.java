package io.renderfleet.jobtype.inference.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Keeps answers in the memory of this process. */
final class LocalAnswers implements AnswerStore {
    /** What an entry takes beside its characters, roughly. */
    private static final int OVERHEAD = 200;

    private final Cache<String, String> answers;

    /** @param size the most memory of all answers, roughly */
    LocalAnswers(Duration keep, DataSize size) {
        this.answers = Caffeine.newBuilder()
                .expireAfterWrite(keep)
                .maximumWeight(size.toBytes())
                .<String, String>weigher((key, text) -> 2 * (key.length() + text.length()) + OVERHEAD)
                .build();
    }

    @Override
    public @Nullable String get(String key) {
        return answers.getIfPresent(key);
    }

    @Override
    public void put(String key, String text) {
        answers.put(key, text);
    }

    @Override
    public void close() {
        answers.invalidateAll();
    }
}
