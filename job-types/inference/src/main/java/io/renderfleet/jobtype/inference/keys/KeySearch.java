package io.renderfleet.jobtype.inference.keys;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Finds the keys that a call can use now, or how long until there is one. Guarded by the lock of the pool. */
final class KeySearch {
    /** A domain that refused a call of this task gets no other one for this time, even if it could. */
    private static final long EXCLUDED = TimeUnit.SECONDS.toNanos(1);

    private final CallNeed need;
    private final List<PooledKey> usable = new ArrayList<>();
    private final Map<QuotaDomain, Long> domainWaits = new HashMap<>();
    private @Nullable Long shortestWait;

    KeySearch(CallNeed need) {
        this.need = need;
    }

    void consider(PooledKey key) {
        if (key.needsOperator()) {
            return;
        }
        long domainWait = domainWaits.computeIfAbsent(key.domain, domain -> domain.waitNanos(need.estimatedTokens()));
        long wait = Math.max(domainWait, key.waitNanos());
        if (need.triedKeys().contains(key.id)) {
            // The task can use it again once the state that its call met is over. A key without such a state is no
            // hope.
            if (key.exhaustion.until() != null || key.domain.recovery.until() != null || key.isSecretToBeRead()) {
                waitFor(wait);
            }
        } else if (need.excludedDomains().contains(key.domain.name)) {
            waitFor(Math.max(wait, EXCLUDED));
        } else if (wait > 0) {
            waitFor(wait);
        } else {
            usable.add(key);
        }
    }

    private void waitFor(long nanos) {
        shortestWait = shortestWait == null ? nanos : Math.min(shortestWait, nanos);
    }

    /** The domains with keys that do not need an operator. */
    Set<QuotaDomain> domains() {
        return domainWaits.keySet();
    }

    List<PooledKey> usable() {
        return usable;
    }

    /** In nanoseconds, above 0; null if no key can be used until an operator acts. */
    @Nullable
    Long shortestWait() {
        return shortestWait;
    }
}
