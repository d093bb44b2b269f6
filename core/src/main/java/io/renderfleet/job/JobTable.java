package io.renderfleet.job;

/**
 * The jobs table of the home region: its name, keys and indexes. CloudFormation and local-aws create it from these.
 * The indexes are KEYS_ONLY, so that a write of progress does not write them again.
 */
public final class JobTable {
    public static final String JOB_ID = "jobId";

    /** Jobs of a user by time: {@link #USER_ID}, {@link #CREATED_AT}, both strings. */
    public static final String BY_USER = "by-user";

    public static final String USER_ID = "userId";
    public static final String CREATED_AT = "createdAt";

    /** Open jobs only, by the time to look at them: {@link #CHECK_SHARD}, a number, and {@link #CHECK_AT}, a string. */
    public static final String OPEN_JOBS = "open-jobs";

    public static final String CHECK_SHARD = "checkShard";
    public static final String CHECK_AT = "checkAt";

    /** How many shards {@link #OPEN_JOBS} is spread over, numbered from 0. */
    public static final int CHECK_SHARDS = 16;

    /**
     * The shard of {@link #OPEN_JOBS} beyond the others: the open jobs that a watchdog could not process and parked. It
     * looks at them again now and then, and returns them to their own shard once it can.
     */
    public static final int PARKED_SHARD = CHECK_SHARDS;

    /** The time to live: a number, in seconds of the epoch. */
    public static final String EXPIRES_AT = "expiresAt";

    private JobTable() {}

    /** {@code renderfleet-<env>-jobs}. */
    public static String name(String env) {
        return "renderfleet-" + env + "-jobs";
    }
}
