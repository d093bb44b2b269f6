package io.renderfleet.jobtype.inference.keys;

/** How a pool chooses among the keys that can be used. Each choice is deterministic. */
public enum Strategy {
    /** The key with the fewest calls in progress for its weight; of several, the one that was not used for longest. */
    LEAST_LOADED,
    /** The next key in the order of the configuration. */
    ROUND_ROBIN,
    /**
     * Each key as often as its weight, spread evenly: the smooth weighted round-robin of nginx
     * (ngx_http_upstream_round_robin).
     */
    WEIGHTED
}
