package io.renderfleet.cli;

import io.renderfleet.client.ClientOptions;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.client.RetryListener;
import io.renderfleet.client.RetryPolicy;
import java.io.Console;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code renderfleet}, with the options of all its commands and what they share. */
@Command(
        name = "renderfleet",
        mixinStandardHelpOptions = true,
        versionProvider = Renderfleet.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        description = "Submits jobs to Renderfleet, follows them and downloads their results.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the command worked, and the job that it waited for is COMPLETED",
            "1:the job that the command waited for is FAILED or CANCELLED",
            "2:an option or an argument is wrong",
            "3:the service, or the issuer of tokens, refused the request; the problem is on standard error",
            "4:the service, or the issuer of tokens, did not respond",
            "5:the time for waiting is over; the job continues",
            "6:a file could not be read or written",
            "70:unexpected error",
            "130:Ctrl-C; the job continues"
        })
public final class Renderfleet {
    private static final URI DEFAULT_URL = URI.create("http://localhost:8080");
    private static final RetryPolicy RETRIES = RetryPolicy.defaults().within(4, Duration.ofSeconds(30));
    private static final Duration CONNECT = Duration.ofSeconds(3);

    /** The API may be restarted while the command waits. */
    private static final Duration OUTAGE = Duration.ofMinutes(2);

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "The address of the API. Environment: RENDERFLEET_URL. Default: http://localhost:8080.")
    private @Nullable URI url;

    @Option(
            names = "--output",
            scope = ScopeType.INHERIT,
            paramLabel = "FORMAT",
            converter = Format.Converter.class,
            description = "json or table. With json, standard output has nothing but JSON. Default: table.")
    private Format format = Format.TABLE;

    @Option(
            names = "--user",
            scope = ScopeType.INHERIT,
            paramLabel = "USER",
            description = "The user whose jobs these are. Environment: RENDERFLEET_USER. Default: whoever is logged in,"
                    + " or the name of the user at the operating system.")
    private @Nullable String user;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private CommandSpec spec;

    private final Map<String, String> environment;
    private final Terminal terminal;
    private Optional<Supplier<String>> identity = Optional.empty();
    private boolean identified;

    private Renderfleet(Map<String, String> environment, Terminal terminal) {
        this.environment = environment;
        this.terminal = terminal;
    }

    /** How results are printed. */
    enum Format {
        TABLE,
        JSON;

        /** Reads the names in lower case. */
        static final class Converter implements CommandLine.ITypeConverter<Format> {
            @Override
            public Format convert(String text) {
                return switch (text) {
                    case "json" -> JSON;
                    case "table" -> TABLE;
                    default -> throw new CommandLine.TypeConversionException("'" + text + "' is not json or table.");
                };
            }
        }
    }

    public static void main(String[] arguments) {
        // The client logs through SLF4J, which would say on standard error that nothing receives it.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        Terminal terminal = new Terminal(System.out, System.err, isTerminal());
        System.exit(
                commandLine(System.getenv(), terminal, System.out, System.err).execute(arguments));
    }

    /** The script that starts the program knows it; the jar alone can only ask about standard output. */
    private static boolean isTerminal() {
        String known = System.getProperty("renderfleet.terminal");
        return known == null
                ? Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isPresent()
                : Boolean.parseBoolean(known);
    }

    /** The command with all its commands, for one execution. */
    static CommandLine commandLine(
            Map<String, String> environment, Terminal terminal, PrintStream out, PrintStream err) {
        Renderfleet root = new Renderfleet(environment, terminal);
        CommandLine line = new CommandLine(root).addSubcommand(new SubmitCommand(root));
        JobCommands.addTo(line, root);
        line.addSubcommand(new ListCommand(root))
                .addSubcommand(new WatchCommand(root))
                .addSubcommand(new DownloadCommand(root));
        line.addSubcommand(DesignCommands.of(root)).addSubcommand(BatchCommands.of(root));
        EventCommands.addTo(line, root);
        OperatorCommands.addTo(line, root);
        LoginCommands.addTo(line, root);
        line.addSubcommand(new CompletionCommand(root));
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(Failures::misused)
                .setExecutionExceptionHandler(new Failures(terminal));
    }

    /** Says which build this is. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Version.class.getPackage().getImplementationVersion();
            return new String[] {"renderfleet " + (version == null ? "(development build)" : version)};
        }
    }

    Terminal terminal() {
        return terminal;
    }

    boolean isJson() {
        return format == Format.JSON;
    }

    /** Prints a result, as JSON or as the text that shows it. */
    void result(Object value, String text) {
        if (isJson()) {
            terminal.json(value);
        } else {
            terminal.print(text);
        }
    }

    Optional<String> environment(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    URI url() {
        if (url != null) {
            return url;
        }
        Optional<String> given = environment("RENDERFLEET_URL");
        try {
            return given.map(URI::create).orElse(DEFAULT_URL);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "RENDERFLEET_URL is '" + given.orElse("") + "', which is not a URL.", e);
        }
    }

    /** The user of a request; null if the service knows who calls and no other user was asked for. */
    @Nullable
    String user() {
        if (user != null) {
            return user;
        }
        Optional<String> given = environment("RENDERFLEET_USER");
        return given.isEmpty() && identity().isPresent()
                ? null
                : given.orElseGet(() -> System.getProperty("user.name"));
    }

    TokenStore tokenStore() {
        return new TokenStore(environment("XDG_CONFIG_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".config")));
    }

    private Optional<Supplier<String>> identity() {
        if (!identified) {
            identified = true;
            identity = Identity.of(url(), this::environment, tokenStore());
        }
        return identity;
    }

    /** A client of the API. Close it after use. */
    RenderfleetClient client() {
        ClientOptions options;
        try {
            options = ClientOptions.of(url())
                    .withConnectTimeout(CONNECT)
                    .withRetries(RETRIES)
                    .withRetryListener(this::retrying);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Supplier<String> who = identity().orElse(null);
        if (who == null) {
            return new RenderfleetClient(options);
        }
        if (!"https".equals(url().getScheme()) && !Loopback.is(url())) {
            throw new ParameterException(
                    spec.commandLine(), "A token must not be sent to " + url() + " without encryption. Use https.");
        }
        return new RenderfleetClient(options.withToken(who));
    }

    /** The client with more patience, for commands that wait for long. */
    RenderfleetClient patient(RenderfleetClient client) {
        return client.with(client.options().withRetries(RetryPolicy.defaults().within(Integer.MAX_VALUE, OUTAGE)));
    }

    private void retrying(RetryListener.Retry retry) {
        terminal.note("%s; trying again in %.1f s"
                .formatted(
                        retry.status() == 0 ? "No response from " + url() : "The service returned " + retry.status(),
                        retry.pause().toMillis() / 1000.0));
    }
}
