package io.renderfleet.cli;

import io.renderfleet.client.JobTimeoutException;
import io.renderfleet.client.NoAnswerException;
import io.renderfleet.client.Problem;
import io.renderfleet.client.ProblemException;
import io.renderfleet.client.TokenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints why a command failed, and chooses the exit code. */
final class Failures implements IExecutionExceptionHandler {
    private static final int UNAUTHORIZED = 401;

    private final Terminal terminal;

    Failures(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Prints what is wrong with the command line. */
    static int misused(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("renderfleet: " + e.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(e, command.getErr())) {
            command.getErr().println("See:  " + command.getCommandSpec().qualifiedName() + " --help");
        }
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        return switch (failure) {
            // picocli gives it to the method above.
            case ParameterException e -> throw e;
            case ProblemException e -> refused(e.problem());
            case LoginException e -> failed(text(e), e.exitCode());
            case TokenException e ->
                failed(text(e), e.getCause() instanceof IOException ? ExitCode.NOT_REACHABLE : ExitCode.REFUSED);
            case NotFoundException e -> failed(text(e), ExitCode.REFUSED);
            case NoAnswerException e -> failed(text(e), ExitCode.NOT_REACHABLE);
            case JobTimeoutException e ->
                failed(
                        e.getMessage() + "\nWait again:  renderfleet watch "
                                + e.job().jobId(),
                        ExitCode.TIMED_OUT);
            case UncheckedIOException e -> failed(text(e) + cause(e), ExitCode.FILE);
            case IOException e -> failed(reason(e), ExitCode.FILE);
            default -> {
                terminal.note("renderfleet: unexpected error: " + failure
                        + "\nPlease report it with the command and this text.");
                yield ExitCode.UNEXPECTED;
            }
        };
    }

    private int failed(String text, int code) {
        terminal.note("renderfleet: " + text);
        return code;
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException missing) {
            return "the file " + missing.getFile() + " does not exist";
        }
        return text(e);
    }

    private static String cause(UncheckedIOException e) {
        IOException cause = e.getCause();
        if (cause instanceof FileAlreadyExistsException) {
            return ". Add --force to replace it, or -o FILE for another name.";
        }
        return cause == null ? "" : ": " + reason(cause);
    }

    private static String text(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private int refused(Problem problem) {
        StringBuilder text = new StringBuilder("renderfleet: ")
                .append(problem.title() == null ? "The service refused the request" : problem.title())
                .append(" (")
                .append(problem.status())
                .append(')');
        if (problem.detail() != null) {
            text.append('\n').append(problem.detail());
        }
        problem.errors()
                .forEach(error ->
                        text.append("\n  ").append(error.field()).append(' ').append(error.message()));
        if (problem.traceId() != null) {
            text.append("\nTrace id: ").append(problem.traceId());
        }
        if (problem.status() == UNAUTHORIZED) {
            text.append("\nLog in with: renderfleet login");
        }
        return failed(text.substring("renderfleet: ".length()), ExitCode.REFUSED);
    }
}
