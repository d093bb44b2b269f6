package io.renderfleet.fakellm;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a server has seen since it was started, of all processes that called it. Maps of statuses have 0 for calls whose
 * client closed the connection before the answer was complete.
 *
 * @param calls the number of calls that have ended
 * @param highestConcurrency the highest number of calls at the same time, including those that were then refused
 * @param unknownKeys the calls by status whose key is not one of the server
 * @param domains the domains by name
 * @param keys the keys, in the order of the settings
 */
public record Statistics(
        long calls,
        int highestConcurrency,
        SortedMap<Integer, Long> unknownKeys,
        Map<String, DomainStatistics> domains,
        List<KeyStatistics> keys) {

    /**
     * A domain.
     *
     * @param statuses the calls by status
     * @param inProgress the accepted calls in progress
     * @param highestConcurrency the highest number of calls at the same time, including one that was refused because of
     *     it: with a limit of 20, the value 21 means that a client exceeded it
     * @param tokens the tokens of accepted calls
     * @param violations how often calls exceeded each limit; a call can exceed several
     * @param behaviour the behaviour in force
     */
    public record DomainStatistics(
            SortedMap<Integer, Long> statuses,
            int inProgress,
            int highestConcurrency,
            long tokens,
            Map<Limit, Long> violations,
            Behaviour.Kind behaviour) {}

    /**
     * A key.
     *
     * @param key the last four characters of the secret
     * @param domain the name of its domain
     * @param statuses the calls by status
     * @param lastCall when the latest of its calls arrived
     * @param behaviour the behaviour in force
     */
    public record KeyStatistics(
            String key,
            String domain,
            SortedMap<Integer, Long> statuses,
            Optional<Instant> lastCall,
            Behaviour.Kind behaviour) {}

    /** A domain; {@link IllegalArgumentException} if the server has none of this name. */
    public DomainStatistics domain(String name) {
        DomainStatistics domain = domains.get(name);
        if (domain == null) {
            throw new IllegalArgumentException("'" + name + "' is not one of the domains " + domains.keySet() + ".");
        }
        return domain;
    }

    /** How often all limits of all domains were exceeded. */
    public long violations() {
        return domains.values().stream()
                .flatMap(domain -> domain.violations().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }
}
