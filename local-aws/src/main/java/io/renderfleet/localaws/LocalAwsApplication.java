package io.renderfleet.localaws;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs local AWS in its own process until it receives SIGTERM or Ctrl-C. */
@Command(
        name = "local-aws",
        mixinStandardHelpOptions = true,
        versionProvider = LocalAwsApplication.Version.class,
        sortOptions = false,
        description = "Local AWS for Renderfleet: SQS for each region, DynamoDB and S3 in one process.")
public final class LocalAwsApplication implements Callable<Integer> {
    private static final int FAILED = 1;

    @Mixin
    private final LocalAwsArguments arguments = new LocalAwsArguments();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private CommandSpec spec;

    private LocalAwsApplication() {}

    /** Exits with 2 for invalid arguments and with 1 if it cannot start, with a message on standard error. */
    public static void main(String[] arguments) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/renderfleet/localaws/logback.xml");
        }
        int status = commandLine().execute(arguments);
        if (status != 0) {
            System.exit(status);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new LocalAwsApplication());
    }

    /** Says which build this is. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Version.class.getPackage().getImplementationVersion();
            return new String[] {"local-aws " + (version == null ? "(development build)" : version)};
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            start(options(), arguments.readyFile());
            new CountDownLatch(1).await();
            return 0;
        } catch (LocalAwsException e) {
            System.err.println("local-aws: " + e.getMessage());
            return FAILED;
        }
    }

    private LocalAwsOptions options() {
        try {
            return arguments.options();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static void start(LocalAwsOptions options, Optional<Path> readyFile) {
        long begun = System.nanoTime();
        // A process that was killed may have left the file behind.
        delete(readyFile);
        var aws = LocalAws.start(options);
        aws.putSamples();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                delete(readyFile);
                            } finally {
                                aws.close();
                            }
                        },
                        "local-aws-stop"));
        write(readyFile);
        aws.startDrawingSamples();
        announce(options, aws, Duration.ofNanos(System.nanoTime() - begun), System.out);
    }

    private static void announce(LocalAwsOptions options, LocalAws aws, Duration took, PrintStream out) {
        var endpoints = aws.endpoints();
        endpoints.sqs().forEach((region, endpoint) -> out.printf("SQS %-14s %s%n", region, endpoint));
        out.printf("DynamoDB           %s%n", endpoints.dynamoDb());
        out.printf("S3                 %s%n", endpoints.s3());
        out.printf(
                "Data               %s%n",
                options.dataDir().map(Object::toString).orElse("in memory; use --data-dir to keep it"));
        out.println();
        out.println("# For a Renderfleet service:");
        export(ServiceProperties.environment(aws.serviceProperties()), out);
        out.println("# For the aws command line:");
        export(ServiceProperties.commandLine(options, endpoints), out);
        out.println();
        out.printf("Ready in %.1f s%n", took.toMillis() / 1000.0);
    }

    private static void export(Map<String, String> environment, PrintStream out) {
        environment.forEach((name, value) -> out.println("export " + name + "='" + value + "'"));
    }

    private static void write(Optional<Path> file) {
        file.ifPresent(path -> {
            try {
                Files.writeString(path, "");
            } catch (IOException e) {
                throw new LocalAwsException("Could not write the ready file: " + e, e);
            }
        });
    }

    private static void delete(Optional<Path> file) {
        file.ifPresent(path -> {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                throw new LocalAwsException("Could not delete the ready file: " + e, e);
            }
        });
    }
}
