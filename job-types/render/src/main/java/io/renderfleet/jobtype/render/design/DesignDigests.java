package io.renderfleet.jobtype.render.design;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What each design's name stands for, remembered for a short while so that a burst of jobs for one design costs one
 * look. A name that was given to other bytes is known at once by the instance that stored them, and by the others
 * after {@link DesignSettings#lookupTtl()}. A name that stands for nothing is never remembered.
 *
 * <p>Thread-safe. Errors of S3 come out as the SDK's exceptions.
 */
public class DesignDigests {
    private final DesignStore store;
    private final Cache<DesignId, String> digests;

    DesignDigests(DesignStore store, DesignSettings settings) {
        this.store = store;
        this.digests = Caffeine.newBuilder()
                .maximumSize(settings.lookupEntries())
                .expireAfterWrite(settings.lookupTtl())
                .build();
    }

    /** The digest of the bytes that the name stands for; empty when there is no such design. */
    @SuppressWarnings("NullAway") // Caffeine's loader may answer null, and nothing is remembered then.
    public Optional<String> find(DesignId id) {
        return Optional.ofNullable(digests.get(id, this::look));
    }

    void stored(Design design) {
        digests.put(design.id(), design.digest());
    }

    private @Nullable String look(DesignId id) {
        return store.find(id).map(Design::digest).orElse(null);
    }
}
