package io.renderfleet.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a script with which a shell completes commands and options. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints the script for the completion of commands and options in a shell.",
        footer = {"", "  bash, zsh:  source <(renderfleet completion bash)"})
final class CompletionCommand implements Callable<Integer> {
    /** The shells; the script of both is the same, and enables bash completion in zsh. */
    enum Shell {
        BASH,
        ZSH
    }

    private final Renderfleet root;

    @Parameters(index = "0", paramLabel = "SHELL", description = "bash or zsh.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private Shell shell;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private CommandSpec spec;

    CompletionCommand(Renderfleet root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        root.terminal().print(AutoComplete.bash("renderfleet", spec.root().commandLine()));
        root.terminal()
                .note("To use it:  source <(renderfleet completion "
                        + shell.name().toLowerCase(Locale.ROOT) + ")");
        return ExitCode.OK;
    }
}
