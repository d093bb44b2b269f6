package io.renderfleet.standalone;

import io.renderfleet.client.ClientException;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsException;
import io.renderfleet.localaws.LocalAwsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * {@code up}: starts the fleet and stays until Ctrl-C. {@code demo}: starts it, or uses one that runs already, renders
 * the samples and ends.
 */
public final class StandaloneApplication {
    private static final String HELP = """
            usage: standalone up                 start everything and stay until Ctrl-C
                   standalone demo [DIR [API]]   render the sample designs into DIR (default target/demo) and end;
                                                 through the fleet whose API is at the URI API, or one of its own
            """;
    private static final int FAILED = 1;
    private static final int BAD_ARGUMENT = 2;

    private StandaloneApplication() {}

    public static void main(String[] arguments) throws InterruptedException {
        String command = arguments.length == 0 ? "up" : arguments[0];
        if (!command.equals("up") && !command.equals("demo")) {
            System.err.print(HELP);
            System.exit(BAD_ARGUMENT);
        }
        Path directory = Path.of(arguments.length > 1 ? arguments[1] : "target/demo");
        if (command.equals("demo") && arguments.length > 2) {
            demoAt(arguments[2], directory);
            return;
        }
        ServiceLogs.toOnePlace();
        long begun = System.nanoTime();
        try (LocalAws aws = LocalAws.start(LocalAwsOptions.defaults())) {
            aws.putSamples();
            Fleet fleet = Fleet.start(
                    aws,
                    FleetPorts.usual(),
                    Map.of("renderfleet.worker.grace", "0s", "renderfleet.distributor.intake.grace", "0s"));
            double seconds = Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1000.0;
            System.out.printf("Renderfleet is up at %s after %.1f s%n%n", fleet.api(), seconds);
            if (command.equals("demo")) {
                boolean good = new Demo(fleet.api(), directory, System.out).run();
                fleet.close();
                System.exit(good ? 0 : FAILED);
            }
            stay(aws, fleet);
        } catch (LocalAwsException | IllegalStateException | ClientException | UncheckedIOException | IOException e) {
            System.err.println("renderfleet: " + e.getMessage());
            System.exit(FAILED);
        }
    }

    private static void demoAt(String api, Path directory) throws InterruptedException {
        try {
            if (!new Demo(URI.create(api), directory, System.out).run()) {
                System.exit(FAILED);
            }
        } catch (IllegalArgumentException e) {
            System.err.println("renderfleet: '" + api + "' is no URI of an API, such as http://localhost:8080.");
            System.exit(BAD_ARGUMENT);
        } catch (ClientException | UncheckedIOException | IOException e) {
            System.err.println("renderfleet: " + (e.getMessage() == null ? api + ": " + e : e.getMessage()));
            System.exit(FAILED);
        }
    }

    private static void stay(LocalAws aws, Fleet fleet) throws InterruptedException {
        System.out.print(instructions(fleet.api()));
        fleet.management().forEach((service, uri) -> System.out.printf("  %-17s %s/prometheus%n", service, uri));
        System.out.println("\nCtrl-C stops everything; nothing is kept.");
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            fleet.close();
                            aws.close();
                        },
                        "fleet-stop"));
        new CountDownLatch(1).await();
    }

    private static String instructions(URI api) {
        return """
                Submit a job:

                  curl -s -X POST %1$s/jobs -H 'Content-Type: application/json' -d '{
                    "designId": "test-design-1", "userId": "user-1",
                    "camera": {"position": {"x": 5, "y": 3, "z": 5}, "target": {"x": 0, "y": 0, "z": 0},
                               "up": {"x": 0, "y": 1, "z": 0}, "fov": 45}}'

                See what became of it, and fetch the picture (put the job's id in place of ID):

                  curl -s %1$s/jobs/ID
                  curl -sL %1$s/jobs/ID/result -o picture.png

                The designs there are, and the API's own description:

                  curl -s %1$s/designs
                  %1$s/swagger-ui.html

                Metrics:

                """.formatted(api);
    }
}
