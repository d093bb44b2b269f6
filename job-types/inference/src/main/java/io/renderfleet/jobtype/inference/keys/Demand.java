package io.renderfleet.jobtype.inference.keys;

/**
 * What the calls of a quota domain in this process needed since the last look.
 *
 * @param inUse the calls in progress now
 * @param most the most calls that were in progress at the same time
 * @param refused how often a call found no key because the allowance of this domain was used up
 * @param wantsProbe whether a call waits for the test after a cool-down, and this process may not make it
 */
public record Demand(int inUse, int most, int refused, boolean wantsProbe) {
    /** No calls. */
    public static final Demand NONE = new Demand(0, 0, 0, false);
}
