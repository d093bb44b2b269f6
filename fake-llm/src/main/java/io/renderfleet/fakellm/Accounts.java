package io.renderfleet.fakellm;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The keys and the domains of a server. */
final class Accounts {
    private static final String BEARER = "Bearer ";

    private final Map<String, Domain> domains = new LinkedHashMap<>();
    private final Map<String, Key> keys = new LinkedHashMap<>();

    Accounts(FakeLlmSettings settings, LongSupplier nanoTime) {
        settings.domains().forEach((name, limits) -> domains.put(name, new Domain(name, limits, nanoTime)));
        settings.keys()
                .forEach((secret, name) -> keys.put(
                        secret,
                        new Key(
                                secret,
                                Optional.ofNullable(domains.get(name)).orElseThrow(),
                                new BehaviourSlot(nanoTime))));
    }

    Collection<Domain> domains() {
        return domains.values();
    }

    Collection<Key> keys() {
        return keys.values();
    }

    Optional<Domain> domain(String name) {
        return Optional.ofNullable(domains.get(name));
    }

    Optional<Key> key(String secret) {
        return Optional.ofNullable(keys.get(secret));
    }

    /** The secret in a header {@code Authorization: Bearer …}; empty without one. */
    static String secret(@Nullable String authorization) {
        return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? authorization.substring(BEARER.length()).strip()
                : "";
    }
}
