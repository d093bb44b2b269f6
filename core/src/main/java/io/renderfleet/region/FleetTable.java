package io.renderfleet.region;

/**
 * The fleet table of the home region: what all services share and no job is, such as which regions are drained and
 * where each ordering key's chain of jobs ends. One string key; every item expires or is one of a few.
 */
public final class FleetTable {
    public static final String ID = "id";

    /** The time to live: a number, in seconds of the epoch. */
    public static final String EXPIRES_AT = "expiresAt";

    private FleetTable() {}

    /** {@code renderfleet-<env>-fleet}. */
    public static String name(String env) {
        return "renderfleet-" + env + "-fleet";
    }
}
