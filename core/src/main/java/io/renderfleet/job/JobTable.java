package io.renderfleet.job;

import java.util.List;

/**
 * The jobs table of the home region: its name, keys and indexes, with which CloudFormation and local-aws create it. The
 * indexes have only keys and attributes that never change, so that a write of progress does not write them.
 */
public final class JobTable {
    public static final String JOB_ID = "jobId";

    /** The jobs of a user by time: {@link #USER_ID} and {@link #CREATED_AT}, both strings. */
    public static final String BY_USER = "by-user";

    public static final String USER_ID = "userId";
    public static final String CREATED_AT = "createdAt";

    /**
     * The open jobs by the time of their next check: {@link #CHECK_SHARD}, a number, and {@link #CHECK_AT}, a string. Its
     * entries also have {@link #OPEN_JOBS_ATTRIBUTES}.
     */
    public static final String OPEN_JOBS = "open-jobs";

    public static final String CHECK_SHARD = "checkShard";
    public static final String CHECK_AT = "checkAt";

    /** What the job is about, a string; absent for a job of a type without a subject. */
    public static final String SUBJECT = "subject";

    /** The attributes that {@link #OPEN_JOBS} includes beside keys. */
    public static final List<String> OPEN_JOBS_ATTRIBUTES = List.of(CREATED_AT, USER_ID, SUBJECT);

    /** The FAILED jobs by the time of their end: {@link #FAIL_SHARD}, a number, and {@link #FINISHED_AT}, a string. */
    public static final String FAILED_JOBS = "failed-jobs";

    /** The shard of a FAILED job in {@link #FAILED_JOBS}, which has as many shards as {@link #OPEN_JOBS}. */
    public static final String FAIL_SHARD = "failShard";

    public static final String FINISHED_AT = "finishedAt";

    /** The number of shards of {@link #OPEN_JOBS}, which are numbered from 0. */
    public static final int CHECK_SHARDS = 16;

    /**
     * The additional shard of {@link #OPEN_JOBS} for parked jobs: those that a watchdog could not read or process. They
     * are tried again from time to time, and moved back to their own shard when that succeeds.
     */
    public static final int PARKED_SHARD = CHECK_SHARDS;

    /** The time to live: a number, in seconds since the epoch. */
    public static final String EXPIRES_AT = "expiresAt";

    private JobTable() {}

    /** {@code renderfleet-<env>-jobs}. */
    public static String name(String env) {
        return "renderfleet-" + env + "-jobs";
    }
}
