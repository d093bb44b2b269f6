package io.renderfleet.jobtype.inference.keys;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a pool and the limits of their quota domains.
 *
 * @param strategy how a key is chosen
 * @param domains the quota domains by name; a domain without keys is allowed
 * @param keys 1 to 1000 keys, in the order of {@link Strategy#ROUND_ROBIN}
 */
public record KeyPoolSettings(Strategy strategy, Map<DomainName, DomainLimits> domains, List<KeySettings> keys) {
    private static final String PREFIX = "renderfleet.inference.pools.<pool>.";
    private static final int MOST_KEYS = 1000;
    private static final int LARGEST_WEIGHT = 1000;

    /** @throws IllegalArgumentException if a value is not accepted; the message names the setting and what is accepted */
    public KeyPoolSettings {
        domains = Map.copyOf(domains);
        keys = List.copyOf(keys);
        if (keys.isEmpty() || keys.size() > MOST_KEYS) {
            throw new IllegalArgumentException(PREFIX + "keys must have 1 to " + MOST_KEYS
                    + " keys, each with id, domain and secret; it has " + keys.size());
        }
        Set<KeyId> ids = new HashSet<>();
        for (int i = 0; i < keys.size(); i++) {
            KeySettings key = keys.get(i);
            String name = PREFIX + "keys[" + i + "]";
            if (!ids.add(key.id())) {
                throw new IllegalArgumentException(
                        name + ".id must be unique in the pool; another key is also named " + key.id());
            }
            if (!domains.containsKey(key.domain())) {
                throw new IllegalArgumentException(name + ".domain must be one of the names in " + PREFIX
                        + "domains, which are " + names(domains) + "; it is " + key.domain());
            }
            if (key.weight() < 1 || key.weight() > LARGEST_WEIGHT) {
                throw new IllegalArgumentException(
                        name + ".weight must be 1 to " + LARGEST_WEIGHT + "; it is " + key.weight());
            }
        }
        domains.forEach((domain, limits) -> limits.check(PREFIX + "domains." + domain));
    }

    private static String names(Map<DomainName, DomainLimits> domains) {
        return domains.keySet().stream()
                .map(DomainName::value)
                .collect(Collectors.toCollection(TreeSet::new))
                .toString();
    }

    /**
     * One key.
     *
     * @param id its name, unique in the pool
     * @param domain the quota domain whose limits its calls use
     * @param weight its share of the calls relative to other keys, 1 to 1000; round-robin ignores it
     * @param secret what the provider accepts
     */
    public record KeySettings(KeyId id, DomainName domain, int weight, Secret secret) {}

    /**
     * The limits of the provider for a quota domain, over all processes and keys. Null means that the provider has no
     * such limit.
     *
     * @param rpm the largest number of calls in a minute, 1 to 10,000,000
     * @param tpm the largest number of tokens in a minute, of prompts and answers together, 1 to
     *     10,000,000,000
     * @param rps the largest number of calls in a second, 1 to 1,000,000
     * @param concurrency the largest number of calls at the same time, 1 to 100,000
     */
    public record DomainLimits(
            @Nullable Long rpm,
            @Nullable Long tpm,
            @Nullable Long rps,
            int concurrency) {
        private static final int MOST_CONCURRENT = 100_000;
        private static final long LARGEST_RPM = 10_000_000;
        private static final long LARGEST_TPM = 10_000_000_000L;
        private static final long LARGEST_RPS = 1_000_000;

        private void check(String name) {
            checkRate(name + ".rpm", rpm, LARGEST_RPM);
            checkRate(name + ".tpm", tpm, LARGEST_TPM);
            checkRate(name + ".rps", rps, LARGEST_RPS);
            if (concurrency < 1 || concurrency > MOST_CONCURRENT) {
                throw new IllegalArgumentException(
                        name + ".concurrency must be 1 to " + MOST_CONCURRENT + "; it is " + concurrency);
            }
        }

        private static void checkRate(String name, @Nullable Long rate, long largest) {
            if (rate != null && (rate < 1 || rate > largest)) {
                throw new IllegalArgumentException(
                        name + " must be 1 to " + largest + ", or absent for no limit; it is " + rate);
            }
        }
    }
}
