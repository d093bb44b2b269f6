package io.renderfleet.fakellm;

/** A key of a domain. */
record Key(String secret, Domain domain, BehaviourSlot behaviour) {

    /** What may be shown of a secret: the last four characters, if there are at least eight. */
    static String masked(String secret) {
        return secret.length() < 8 ? "…" : "…" + secret.substring(secret.length() - 4);
    }

    @Override
    public String toString() {
        return masked(secret) + " of " + domain.name();
    }
}
