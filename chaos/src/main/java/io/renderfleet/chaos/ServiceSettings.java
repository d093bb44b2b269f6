package io.renderfleet.chaos;

import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.pool.Pool;
import io.renderfleet.region.RegionId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The arguments of each process. Leases and intervals are short, so that a run of minutes exercises all of them. */
final class ServiceSettings {
    private static final Map<String, String> SHORT = Map.ofEntries(
            Map.entry("renderfleet.worker.lease", "6s"),
            Map.entry("renderfleet.worker.grace", "2s"),
            Map.entry("renderfleet.render.scene-memory", "64MB"),
            Map.entry("renderfleet.jobs.check-after", "5s"),
            Map.entry("renderfleet.distributor.intake.visibility", "10s"),
            Map.entry("renderfleet.distributor.recovery.sweep", "2s"),
            Map.entry("renderfleet.distributor.recovery.lost-after", "5s"),
            Map.entry("renderfleet.distributor.recovery.unreachable-after", "10s"),
            Map.entry("renderfleet.distributor.intake.hold", "1s"),
            Map.entry("renderfleet.distributor.intake.max-hold", "5s"));

    private static final String INDEX_LAG_MILLIS = "500";

    private final Map<String, String> common;
    private final Path directory;

    /**
     * Creates the settings of one fleet.
     *
     * @param aws the settings that say where AWS is
     * @param inference the settings of inference jobs
     * @param directory where workers cache designs
     */
    ServiceSettings(Map<String, String> aws, Map<String, String> inference, Path directory) {
        this.common = new HashMap<>(aws);
        this.common.putAll(inference);
        this.common.putAll(SHORT);
        this.directory = directory;
    }

    List<String> localAws(LocalAwsOptions options) {
        return List.of(
                "--sqs-ports",
                options.sqsPorts().values().stream().map(String::valueOf).collect(Collectors.joining(",")),
                "--dynamodb-port",
                Integer.toString(options.dynamoDbPort()),
                "--s3-port",
                Integer.toString(options.s3Port()),
                "--pools",
                options.pools().stream().map(Pool::toString).collect(Collectors.joining(",")),
                "--sinks",
                String.join(",", options.sinks()),
                // As on AWS, an index lags behind its table, which exposes code that relies on it being current.
                "--index-lag",
                INDEX_LAG_MILLIS);
    }

    List<String> api(int port, int managementPort) {
        return arguments(Map.of("server.port", "" + port, "management.server.port", "" + managementPort));
    }

    List<String> distributor(int port) {
        return arguments(Map.of("server.port", "" + port));
    }

    List<String> worker(int port, RegionId region) {
        return arguments(Map.of(
                "server.port",
                "" + port,
                "renderfleet.worker.region",
                region.value(),
                "renderfleet.render.design-cache",
                directory.resolve("designs-" + region).toAbsolutePath().toString()));
    }

    private List<String> arguments(Map<String, String> own) {
        List<String> arguments = new ArrayList<>();
        common.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        own.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return arguments;
    }
}
