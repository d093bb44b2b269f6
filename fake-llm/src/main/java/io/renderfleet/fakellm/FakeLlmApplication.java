package io.renderfleet.fakellm;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a {@link FakeLlm} in its own process until it receives SIGTERM or Ctrl-C. */
@Command(
        name = "fake-llm",
        mixinStandardHelpOptions = true,
        versionProvider = FakeLlmApplication.Version.class,
        sortOptions = false,
        description = "An OpenAI-compatible model server for tests and demos, which counts what its clients did.")
public final class FakeLlmApplication implements Callable<Integer> {
    private static final int FAILED = 1;

    @Mixin
    private final FakeLlmArguments arguments = new FakeLlmArguments();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private CommandSpec spec;

    private FakeLlmApplication() {}

    /** Exits with 2 for invalid arguments and with 1 if it cannot start, with a message on standard error. */
    public static void main(String[] arguments) {
        // Netty's use of Unsafe makes JDK 25 print warnings.
        System.setProperty("io.netty.noUnsafe", "true");
        int status = commandLine().execute(arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new FakeLlmApplication());
    }

    /** Says which build this is. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Version.class.getPackage().getImplementationVersion();
            return new String[] {"fake-llm " + (version == null ? "(development build)" : version)};
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            var llm = FakeLlm.start(settings());
            Runtime.getRuntime().addShutdownHook(new Thread(llm::close, "fake-llm-stop"));
            System.out.println("fake-llm listens on " + llm.url());
            new CountDownLatch(1).await();
            return 0;
        } catch (FakeLlmException e) {
            System.err.println("fake-llm: " + e.getMessage());
            return FAILED;
        }
    }

    private FakeLlmSettings settings() {
        try {
            return arguments.settings();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
