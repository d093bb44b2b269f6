package io.renderfleet.region;

/**
 * The fleet table of the home region: shared state that does not belong to one job, such as the drained regions and
 * the end of each ordering key's chain of jobs. Its only key is a string. Items expire, except for a small fixed
 * number and the webhooks of users.
 */
public final class FleetTable {
    public static final String ID = "id";

    /** The time to live: a number, in seconds since the epoch. */
    public static final String EXPIRES_AT = "expiresAt";

    private FleetTable() {}

    /** {@code renderfleet-<env>-fleet}. */
    public static String name(String env) {
        return "renderfleet-" + env + "-fleet";
    }
}
