package io.renderfleet.standalone;

import io.renderfleet.client.ClientCredentials;
import io.renderfleet.client.ClientException;
import io.renderfleet.client.ClientOptions;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.fakellm.FakeLlmException;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsException;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.localissuer.LocalIssuer;
import io.renderfleet.settings.EffectiveSetting;
import io.renderfleet.settings.SettingsCheck;
import io.renderfleet.settings.UnknownSettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.StandardEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The whole fleet on one machine, to try it: it stays up, or renders the sample designs and ends. */
@Command(
        name = "standalone",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = StandaloneApplication.Version.class,
        description = "Runs the whole fleet and local AWS in one JVM. Without a command: up.")
public final class StandaloneApplication implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int ISSUER_PORT = 9500;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private CommandSpec spec;

    private StandaloneApplication() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new StandaloneApplication()).setExecutionExceptionHandler(StandaloneApplication::failed);
    }

    /** Says which build this is. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Version.class.getPackage().getImplementationVersion();
            return new String[] {"standalone " + (version == null ? "(development build)" : version)};
        }
    }

    /** Errors that say what is wrong are printed without a stack trace. */
    private static int failed(Exception e, CommandLine commandLine, ParseResult arguments) throws Exception {
        if (e instanceof UnknownSettingsException) {
            commandLine
                    .getErr()
                    .println(
                            "renderfleet: " + e.getMessage()
                                    + "\nCorrect it, or remove it to use the default. docs/operations.md describes the settings.");
            return FAILED;
        }
        if (e instanceof LocalAwsException
                || e instanceof FakeLlmException
                || e instanceof IllegalStateException
                || e instanceof ClientException
                || e instanceof UncheckedIOException
                || e instanceof IOException) {
            commandLine.getErr().println("renderfleet: " + (e.getMessage() == null ? e : e.getMessage()));
            return FAILED;
        }
        throw e;
    }

    @Override
    public Integer call() throws InterruptedException {
        return up(false, false);
    }

    @Command(description = "Starts the fleet and stays until Ctrl-C.")
    int up(
            @Option(
                            names = "--print-settings",
                            description = "Print the settings of every service, and do not start the services.")
                    boolean printSettings,
            @Option(
                            names = "--auth",
                            description = "Start an issuer with the users ada, bob and olga, and ask every caller for a"
                                    + " token.")
                    boolean auth)
            throws InterruptedException {
        try (LocalAws aws = startAws()) {
            if (printSettings) {
                Fleet.printSettings(aws, FleetPorts.usual(), System.out);
            } else {
                FakeModels models = FakeModels.start(FleetPorts.usual());
                LocalIssuer issuer = auth
                        ? LocalIssuer.start(
                                InetAddress.getLoopbackAddress(), ISSUER_PORT, null, LocalIssuer.LOCAL_PAGES)
                        : null;
                Fleet fleet = startFleet(aws, settings(models, issuer));
                aws.startDrawingSamples();
                stay(aws, models, issuer, fleet);
            }
        }
        return 0;
    }

    @Command(description = "Renders the sample designs and ends, through a fleet of its own or one that runs already.")
    int demo(
            @Parameters(
                            index = "0",
                            paramLabel = "DIR",
                            defaultValue = "target/demo",
                            description = "Where the pictures are written (default: ${DEFAULT-VALUE}).")
                    Path directory,
            @Parameters(
                            index = "1",
                            arity = "0..1",
                            paramLabel = "API",
                            description = "The address of the API of a fleet that runs, such as http://127.0.0.1:8080."
                                    + " Without it the command starts a fleet of its own.")
                    @Nullable
                    URI api,
            @Mixin Login login)
            throws IOException, InterruptedException {
        if (api != null) {
            return demoAt(api, directory, login);
        }
        try (LocalAws aws = startAws();
                FakeModels models = FakeModels.start(FleetPorts.usual());
                Fleet fleet = startFleet(aws, models.settings())) {
            return demoAt(fleet.api(), directory, login);
        }
    }

    @Command(
            name = "inference-demo",
            description =
                    "Asks a model server about ten pictures of a road and an event of a camera, prints the answers,"
                            + " and ends. Uses a fleet of its own or one that runs already.")
    int inferenceDemo(
            @Parameters(
                            index = "0",
                            paramLabel = "DIR",
                            defaultValue = "target/inference-demo",
                            description = "Where the pictures and answers are written (default: ${DEFAULT-VALUE}).")
                    Path directory,
            @Parameters(
                            index = "1",
                            arity = "0..1",
                            paramLabel = "API",
                            description = "The address of the API of a fleet that runs, such as http://127.0.0.1:8080."
                                    + " It needs the model assessment and one event template. Without it the command"
                                    + " starts a fleet of its own.")
                    @Nullable
                    URI api,
            @Mixin Login login)
            throws IOException, InterruptedException {
        if (api != null) {
            return inferenceDemoAt(api, directory, login);
        }
        try (LocalAws aws = startAws();
                FakeModels models = FakeModels.start(FleetPorts.usual());
                Fleet fleet = startFleet(aws, models.settings())) {
            return inferenceDemoAt(fleet.api(), directory, login);
        }
    }

    private int demoAt(URI api, Path directory, Login login) throws IOException, InterruptedException {
        try (RenderfleetClient client = new RenderfleetClient(login.of(options(api, "demo")))) {
            return new Demo(client, directory, System.out).run() ? 0 : FAILED;
        }
    }

    private int inferenceDemoAt(URI api, Path directory, Login login) throws IOException, InterruptedException {
        try (RenderfleetClient client = new RenderfleetClient(login.of(options(api, "inference-demo")))) {
            return new InferenceDemo(client, directory, System.out).run() ? 0 : FAILED;
        }
    }

    private ClientOptions options(URI api, String command) {
        try {
            return ClientOptions.of(api);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.subcommands().get(command), e.getMessage(), e);
        }
    }

    /** How a demonstration logs in at a fleet that asks for tokens. */
    static final class Login {
        @Option(names = "--token-url", description = "The token endpoint of the issuer of the fleet, if it has one.")
        private @Nullable URI tokenUrl;

        @Option(names = "--client", defaultValue = "", description = "A client with the role of an operator.")
        private String client = "";

        @Option(names = "--client-secret", defaultValue = "", description = "The secret of the client.")
        private String secret = "";

        ClientOptions of(ClientOptions options) {
            return tokenUrl == null
                    ? options
                    : options.withToken(new ClientCredentials(tokenUrl, client, secret, null));
        }
    }

    private static LocalAws startAws() {
        SettingsCheck.checkAll(new StandardEnvironment());
        ServiceLogs.toOnePlace();
        LocalAws aws = LocalAws.start(LocalAwsOptions.defaults()
                .withPools(Fleet.POOLS)
                // The queue of a bridge to Kafka, which a user can start beside this fleet.
                .withSinks(List.of("kafka")));
        aws.putSamples();
        return aws;
    }

    private static Map<String, String> settings(FakeModels models, @Nullable LocalIssuer issuer) {
        Map<String, String> settings = new LinkedHashMap<>(models.settings());
        if (issuer != null) {
            settings.put("renderfleet.identity.issuer", issuer.issuer().toString());
            settings.put("renderfleet.page.client-id", LocalIssuer.PAGE);
        }
        return settings;
    }

    private static Fleet startFleet(LocalAws aws, Map<String, String> settings) {
        long begun = System.nanoTime();
        warnOfSettingsWithoutEffect(aws);
        Fleet fleet = Fleet.start(aws, FleetPorts.usual(), settings);
        double seconds = Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1000.0;
        System.out.printf("Renderfleet is up at %s after %.1f s%n%n", fleet.api(), seconds);
        return fleet;
    }

    /** The user's own settings win over the defaults of a laptop, but not where all services must agree. */
    private static void warnOfSettingsWithoutEffect(LocalAws aws) {
        StandardEnvironment given = new StandardEnvironment();
        for (String owned : Fleet.ownedSettings(aws, FleetPorts.usual())) {
            String variable = EffectiveSetting.variableOf(owned);
            if (given.containsProperty(owned) || given.containsProperty(variable)) {
                System.err.printf(
                        "renderfleet: %s has no effect here: this command sets %s itself.%n", variable, owned);
            }
        }
    }

    private static void stay(LocalAws aws, FakeModels models, @Nullable LocalIssuer issuer, Fleet fleet)
            throws InterruptedException {
        System.out.print(issuer == null ? instructions(fleet.api()) : instructions(fleet.api(), issuer.issuer()));
        fleet.management().forEach((service, uri) -> System.out.printf("  %-17s %s/prometheus%n", service, uri));
        System.out.println("\nCtrl-C stops everything; nothing is kept.");
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            fleet.close();
                            if (issuer != null) {
                                issuer.close();
                            }
                            models.close();
                            aws.close();
                            System.out.flush();
                            // Ctrl-C is how this is meant to end: not with 130, which make would call an error.
                            Runtime.getRuntime().halt(0);
                        },
                        "fleet-stop"));
        new CountDownLatch(1).await();
    }

    private static String instructions(URI api, URI issuer) {
        return """
                The issuer %2$s has the users ada, bob and olga, an operator. The password of each is the name.

                Open %1$s in a browser, and log in as one of them.

                Log in with the command line, and render a design:

                  cli/target/renderfleet login --issuer %2$s --client-id renderfleet-cli
                  cli/target/renderfleet submit FILE.glb --camera 5,3,5 --wait -o picture.png

                Or get a token for a program, and submit a job with it:

                  TOKEN=$(curl -s -u machine:machine -d grant_type=client_credentials %2$s/oauth2/token \\
                    | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
                  curl -s -X POST %1$s/jobs -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{
                    "designId": "test-design-1",
                    "camera": {"position": {"x": 5, "y": 3, "z": 5}, "target": {"x": 0, "y": 0, "z": 0}}}'

                As an operator, with -u operations:operations in place of machine:machine:

                  curl -s %1$s/admin/regions -H "Authorization: Bearer $TOKEN"

                Metrics:

                """.formatted(api, issuer);
    }

    private static String instructions(URI api) {
        return """
                Open %1$s in a browser.

                Submit a job:

                  curl -s -X POST %1$s/jobs -H 'Content-Type: application/json' -d '{
                    "designId": "test-design-1", "userId": "user-1",
                    "camera": {"position": {"x": 5, "y": 3, "z": 5}, "target": {"x": 0, "y": 0, "z": 0},
                               "up": {"x": 0, "y": 1, "z": 0}, "fov": 45}}'

                See what became of it, and fetch the picture (put the job's id in place of ID):

                  curl -s %1$s/jobs/ID
                  curl -fsSL %1$s/jobs/ID/result -o picture.png

                The same from the command line, and your jobs:

                  cli/target/renderfleet submit --url %1$s --design test-design-1 --camera 5,3,5 --wait -o picture.png
                  cli/target/renderfleet ls --url %1$s

                Ask the model server of this machine:

                  curl -s -X POST %1$s/jobs -H 'Content-Type: application/json' -d '{
                    "type": "inference", "userId": "user-1", "model": "assessment",
                    "messages": [{"role": "user", "content": "Is a car on a cycle path a risk?"}]}'

                The designs there are, and the API's own description:

                  curl -s %1$s/designs
                  %1$s/swagger-ui.html

                Metrics:

                """.formatted(api);
    }
}
