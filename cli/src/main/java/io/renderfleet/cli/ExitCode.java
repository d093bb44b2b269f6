package io.renderfleet.cli;

/** The exit codes of the command. {@code docs/cli.md} and {@code --help} list them. */
final class ExitCode {
    static final int OK = 0;
    /** The command worked, and the job that it waited for is FAILED or CANCELLED. */
    static final int JOB_NOT_COMPLETED = 1;

    static final int USAGE = 2;
    static final int REFUSED = 3;
    static final int NOT_REACHABLE = 4;
    static final int TIMED_OUT = 5;
    static final int FILE = 6;
    static final int UNEXPECTED = 70;

    private ExitCode() {}
}
