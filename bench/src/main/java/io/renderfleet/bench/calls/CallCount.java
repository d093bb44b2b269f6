package io.renderfleet.bench.calls;

/**
 * What calls of one kind came to.
 *
 * @param calls requests sent, those that the SDK tried again included: AWS bills each
 * @param retries how many of them were not the first try
 * @param failures calls that ended in an error, conditions that did not hold included
 * @param entries messages or items that the answered calls carried
 * @param empty receives that brought nothing
 * @param writeUnits DynamoDB write units by the documented rule, see {@link WriteUnits}
 * @param reportedUnits capacity units, of writes or of reads, as DynamoDB's answers say
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

    /** The sum. */
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
