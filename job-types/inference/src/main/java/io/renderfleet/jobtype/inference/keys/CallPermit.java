package io.renderfleet.jobtype.inference.keys;

/** A call in progress. What it reserved is recorded here, so that its end returns the same. */
final class CallPermit implements Permit {
    private final KeyPool pool;
    private final PooledKey key;
    private final Secret secret;
    private final long number;
    private final long estimatedTokens;
    private final double rate;

    /** Guarded by the lock of the pool. */
    private boolean ended;

    /**
     * @param number the number of the call in its pool, larger than those of earlier calls
     * @param rate the part of the domain's rate at which the call was charged
     */
    CallPermit(KeyPool pool, PooledKey key, long number, long estimatedTokens, double rate) {
        this.pool = pool;
        this.key = key;
        this.secret = key.secret();
        this.number = number;
        this.estimatedTokens = estimatedTokens;
        this.rate = rate;
    }

    @Override
    public KeyId key() {
        return key.id;
    }

    @Override
    public DomainName domain() {
        return key.domain.name;
    }

    @Override
    public Secret secret() {
        return secret;
    }

    @Override
    public void end(CallOutcome outcome) {
        pool.end(this, outcome);
    }

    PooledKey pooledKey() {
        return key;
    }

    long number() {
        return number;
    }

    long estimatedTokens() {
        return estimatedTokens;
    }

    double rate() {
        return rate;
    }

    /** Returns whether this is the first call. */
    boolean endOnce() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    @Override
    public String toString() {
        return "Permit[key=" + key() + ", domain=" + domain() + "]";
    }
}
