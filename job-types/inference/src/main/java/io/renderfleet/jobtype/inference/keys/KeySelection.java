package io.renderfleet.jobtype.inference.keys;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Chooses among keys that can be used. Guarded by the lock of the pool. */
interface KeySelection {

    /**
     * Chooses one key.
     *
     * @param usable one key or more, in the order of the configuration
     */
    PooledKey choose(List<PooledKey> usable);

    static KeySelection of(Strategy strategy, List<PooledKey> all) {
        return switch (strategy) {
            case LEAST_LOADED -> new LeastLoaded();
            case ROUND_ROBIN -> new RoundRobin(all);
            case WEIGHTED -> new Weighted(all);
        };
    }

    final class LeastLoaded implements KeySelection {
        private static final Comparator<PooledKey> ORDER = Comparator.<PooledKey>comparingDouble(
                        key -> (double) key.inUse() / key.weight)
                .thenComparingLong(PooledKey::lastCall);

        @Override
        public PooledKey choose(List<PooledKey> usable) {
            PooledKey best = usable.getFirst();
            for (int i = 1; i < usable.size(); i++) {
                if (ORDER.compare(usable.get(i), best) < 0) {
                    best = usable.get(i);
                }
            }
            return best;
        }
    }

    final class RoundRobin implements KeySelection {
        private final Map<PooledKey, Integer> positions = new HashMap<>();
        private int last = -1;

        RoundRobin(List<PooledKey> all) {
            all.forEach(key -> positions.put(key, positions.size()));
        }

        @Override
        public PooledKey choose(List<PooledKey> usable) {
            PooledKey next = usable.getFirst();
            for (PooledKey key : usable) {
                if (position(key) > last) {
                    next = key;
                    break;
                }
            }
            last = position(next);
            return next;
        }

        private int position(PooledKey key) {
            return positions.getOrDefault(key, 0);
        }
    }

    /**
     * Each usable key gains its weight. The key with the most is chosen, and loses what all gained together, so that the
     * sum stays the same.
     */
    final class Weighted implements KeySelection {
        private final Map<PooledKey, Long> current = new HashMap<>();

        Weighted(List<PooledKey> all) {
            all.forEach(key -> current.put(key, 0L));
        }

        @Override
        public PooledKey choose(List<PooledKey> usable) {
            long gained = 0;
            PooledKey best = usable.getFirst();
            for (PooledKey key : usable) {
                gained += key.weight;
                current.merge(key, (long) key.weight, Long::sum);
                if (current.getOrDefault(key, 0L) > current.getOrDefault(best, 0L)) {
                    best = key;
                }
            }
            current.merge(best, -gained, Long::sum);
            return best;
        }
    }
}
