package io.renderfleet.localaws;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Local AWS as a process of its own: runs until it is told to stop (SIGTERM or Ctrl-C). */
public final class LocalAwsApplication {
    private static final int FAILED = 1;
    private static final int BAD_ARGUMENT = 2;

    private LocalAwsApplication() {}

    /** Exits with 2 for a bad argument and with 1 when it cannot start; one line on standard error says why. */
    public static void main(String[] arguments) throws InterruptedException {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/renderfleet/localaws/logback.xml");
        }
        if (Arrays.asList(arguments).contains("--help")) {
            System.out.print(CommandLine.HELP);
            return;
        }
        long begun = System.nanoTime();
        try {
            var commandLine = CommandLine.parse(arguments);
            var options = commandLine.options();
            // One that a killed process left behind says nothing of this one.
            Optional<Path> readyFile = commandLine.readyFile();
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
            announce(options, aws, Duration.ofNanos(System.nanoTime() - begun), System.out);
            new CountDownLatch(1).await();
        } catch (IllegalArgumentException e) {
            exit(BAD_ARGUMENT, e.getMessage() + " See --help.");
        } catch (LocalAwsException e) {
            exit(FAILED, String.valueOf(e.getMessage()));
        }
    }

    private static void announce(LocalAwsOptions options, LocalAws aws, Duration took, PrintStream out) {
        var endpoints = aws.endpoints();
        endpoints.sqs().forEach((region, endpoint) -> out.printf("SQS %-14s %s%n", region, endpoint));
        out.printf("DynamoDB           %s%n", endpoints.dynamoDb());
        out.printf("S3                 %s%n", endpoints.s3());
        out.printf(
                "Kept               %s%n",
                options.dataDir().map(Object::toString).orElse("nothing: in memory (--data-dir to keep)"));
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
                throw new LocalAwsException("The ready file cannot be written: " + e, e);
            }
        });
    }

    private static void delete(Optional<Path> file) {
        file.ifPresent(path -> {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                throw new LocalAwsException("The ready file cannot be deleted: " + e, e);
            }
        });
    }

    private static void exit(int status, String why) {
        System.err.println("local-aws: " + why);
        System.exit(status);
    }
}
