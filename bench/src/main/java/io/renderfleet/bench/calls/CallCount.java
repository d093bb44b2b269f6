package io.renderfleet.bench.calls;

/**
 * The counts of the calls of one kind.
 *
 * @param calls the number of requests, including retries, each of which AWS bills
 * @param retries the number of requests that were retries
 * @param failures the number of calls that ended with an error, including conditions that did not hold
 * @param entries the number of messages or items in successful calls
 * @param empty the number of receives that returned no message
 * @param writeUnits DynamoDB write units by the documented rule, see {@link WriteUnits}
 * @param reportedUnits the capacity units, of writes or of reads, that DynamoDB returned
 */
public record CallCount(
        long calls, long retries, long failures, long entries, long empty, long writeUnits, double reportedUnits) {
    public static final CallCount NONE = new CallCount(0, 0, 0, 0, 0, 0, 0);

    static CallCount sent(boolean again) {
        return new CallCount(1, again ? 1 : 0, 0, 0, 0, 0, 0);
    }

    static CallCount answered(long entries, boolean empty, long writeUnits, double reportedUnits) {
        return new CallCount(0, 0, 0, entries, empty ? 1 : 0, writeUnits, reportedUnits);
    }

    static CallCount failed(long writeUnits) {
        return new CallCount(0, 0, 1, 0, 0, writeUnits, 0);
    }

    /** Adds the counts of both. */
    public CallCount plus(CallCount other) {
        return new CallCount(
                calls + other.calls,
                retries + other.retries,
                failures + other.failures,
                entries + other.entries,
                empty + other.empty,
                writeUnits + other.writeUnits,
                reportedUnits + other.reportedUnits);
    }

    CallCount minus(CallCount other) {
        return new CallCount(
                calls - other.calls,
                retries - other.retries,
                failures - other.failures,
                entries - other.entries,
                empty - other.empty,
                writeUnits - other.writeUnits,
                reportedUnits - other.reportedUnits);
    }
}
