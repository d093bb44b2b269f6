package io.renderfleet.jobtype.inference.keys;

import java.util.Set;

/**
 * What a call needs from its key.
 *
 * @param estimatedTokens the tokens that the call is expected to use, of prompt and answer together, 0 or more. They are
 *     reserved until its outcome says how many it used
 * @param triedKeys the keys that this task has tried already; none of them is chosen
 * @param excludedDomains the quota domains that refused a call of this task; none of their keys is chosen
 */
public record CallNeed(long estimatedTokens, Set<KeyId> triedKeys, Set<DomainName> excludedDomains) {

    /** @throws IllegalArgumentException if the number of tokens is negative */
    public CallNeed {
        if (estimatedTokens < 0) {
            throw new IllegalArgumentException("estimatedTokens must be 0 or more; it is " + estimatedTokens);
        }
        triedKeys = Set.copyOf(triedKeys);
        excludedDomains = Set.copyOf(excludedDomains);
    }

    /** The first call of a task. */
    public static CallNeed ofTokens(long estimatedTokens) {
        return new CallNeed(estimatedTokens, Set.of(), Set.of());
    }
}
