package io.renderfleet.chaos;

import io.renderfleet.localaws.LocalAwsEndpoints;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.localaws.ServiceProperties;
import io.renderfleet.pool.Pool;
import io.renderfleet.region.RegionId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Local AWS, an API, two distributors and one worker for each region, each in a process of its own. The services reach
 * SQS through {@link RegionProxy proxies}; {@link StoredState} does not.
 *
 * <p>Closing it ends all processes; {@link #start} does so when it fails.
 */
final class ChaosFleet implements AutoCloseable {
    static final List<RegionId> REGIONS = LocalAwsOptions.defaults().regions();
    static final int DISTRIBUTORS = 2;

    private static final List<Pool> POOLS = List.of(Pool.of("render=cpu:2"), Pool.of("inference=io:8"));

    private static final String APPS = "apps";
    private static final String HOST = "http://127.0.0.1:";
    private static final Duration STARTING = Duration.ofMinutes(5);

    private final FreePorts ports = new FreePorts();
    private final Path directory;
    private final LocalAwsOptions options;
    private final LocalAwsEndpoints direct;
    private final List<RegionProxy> proxies = new ArrayList<>();
    private final LinkedHashMap<ManagedProcess, URI> services = new LinkedHashMap<>();
    private final ManagedProcess aws;
    private final ManagedProcess api;
    private final URI apiAddress;
    private final List<ManagedProcess> distributors = new ArrayList<>();
    private final List<ManagedProcess> workers = new ArrayList<>();

    private ChaosFleet(Map<String, ServiceJar> jars, ModelServer models, Path directory) {
        this.directory = directory;
        List<Integer> sqs = REGIONS.stream().map(region -> ports.next()).toList();
        options = LocalAwsOptions.defaults()
                .withPools(POOLS)
                .withSinks(List.of(ModelServer.SINK))
                .withSqsPorts(sqs)
                .withDynamoDbPort(ports.next())
                .withS3Port(ports.next());
        direct = endpoints(sqs);
        List<Integer> proxied = REGIONS.stream().map(region -> ports.next()).toList();
        for (int i = 0; i < REGIONS.size(); i++) {
            proxies.add(new RegionProxy(proxied.get(i), direct.sqs(REGIONS.get(i))));
        }
        ServiceSettings settings =
                new ServiceSettings(ServiceProperties.of(options, endpoints(proxied)), models.settings(), directory);
        aws = process(jars, "local-aws", "local-aws", "512m", settings.localAws(options));
        int apiPort = ports.next();
        int apiManagement = ports.next();
        apiAddress = URI.create(HOST + apiPort);
        api = process(jars, "api-service", "api", "256m", settings.api(apiPort, apiManagement));
        services.put(api, readiness(apiManagement));
        for (int i = 0; i < DISTRIBUTORS; i++) {
            int port = ports.next();
            distributors.add(
                    process(jars, "distributor-service", "distributor-" + (i + 1), "192m", settings.distributor(port)));
            services.put(distributors.getLast(), readiness(port));
        }
        for (RegionId region : REGIONS) {
            int port = ports.next();
            workers.add(process(jars, "worker-service", "worker-" + region, "256m", settings.worker(port, region)));
            services.put(workers.getLast(), readiness(port));
        }
    }

    /**
     * Starts all processes and returns when they are ready.
     *
     * @param root the project's directory, with the built jars of its modules
     * @param models the model server of inference jobs
     * @param directory for the logs and other files of this run
     */
    static ChaosFleet start(Path root, ModelServer models, Path directory) throws InterruptedException {
        ChaosFleet fleet = new ChaosFleet(jars(root, directory), models, directory);
        Runtime.getRuntime().addShutdownHook(new Thread(fleet::close, "chaos-stop"));
        try {
            fleet.aws.start();
            Readiness.awaitLine(fleet.log(fleet.aws), "Ready in", fleet.aws, STARTING);
            fleet.undoFaults();
            fleet.awaitReady();
            return fleet;
        } catch (RuntimeException | InterruptedException e) {
            fleet.close();
            throw e;
        }
    }

    private static Map<String, ServiceJar> jars(Path root, Path directory) throws InterruptedException {
        Path log = directory.resolve("jars.log");
        Map<String, Future<ServiceJar>> taken = new LinkedHashMap<>();
        Map<String, ServiceJar> jars = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String module : List.of("local-aws", "api-service", "distributor-service", "worker-service")) {
                Callable<ServiceJar> task = () -> ServiceJar.of(root, module, directory.resolve(APPS), log);
                taken.put(module, threads.submit(task));
            }
            for (Map.Entry<String, Future<ServiceJar>> jar : taken.entrySet()) {
                jars.put(jar.getKey(), jar.getValue().get());
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ChaosException known
                    ? known
                    : new ChaosException("A jar could not be extracted: " + e.getCause(), e);
        }
        return jars;
    }

    private LocalAwsEndpoints endpoints(List<Integer> sqsPorts) {
        Map<RegionId, URI> sqs = new LinkedHashMap<>();
        for (int i = 0; i < REGIONS.size(); i++) {
            sqs.put(REGIONS.get(i), URI.create(HOST + sqsPorts.get(i)));
        }
        return new LocalAwsEndpoints(
                sqs, URI.create(HOST + options.dynamoDbPort()), URI.create(HOST + options.s3Port()));
    }

    private ManagedProcess process(
            Map<String, ServiceJar> jars, String module, String name, String heap, List<String> arguments) {
        ServiceJar jar = jars.get(module);
        if (jar == null) {
            throw new IllegalArgumentException("There is no jar of " + module);
        }
        return new ManagedProcess(name, jar.command(heap, arguments), directory.resolve(name + ".log"));
    }

    private Path log(ManagedProcess process) {
        return directory.resolve(process.name() + ".log");
    }

    private static URI readiness(int port) {
        return URI.create(HOST + port + "/actuator/health/readiness");
    }

    URI apiAddress() {
        return apiAddress;
    }

    /** The settings of a client that does not use the proxies. */
    Map<String, String> directProperties() {
        return ServiceProperties.of(options, direct);
    }

    ManagedProcess api() {
        return api;
    }

    ManagedProcess distributor(int index) {
        return distributors.get(index);
    }

    ManagedProcess worker(int index) {
        return workers.get(index);
    }

    RegionProxy proxy(int index) {
        return proxies.get(index);
    }

    /** Opens all proxies, and resumes and starts all processes. */
    void undoFaults() {
        proxies.forEach(RegionProxy::open);
        services.keySet().forEach(ManagedProcess::resume);
        services.keySet().forEach(ManagedProcess::start);
    }

    /** Waits until every service is ready. */
    void awaitReady() throws InterruptedException {
        Readiness.awaitAll(services, STARTING);
    }

    /** The names of the services that are not ready now. */
    List<String> unready() throws InterruptedException {
        return Readiness.unready(services);
    }

    /** How often each process exited unexpectedly; without those that never did. */
    Map<String, Integer> unexpectedExits() {
        Map<String, Integer> deaths = new LinkedHashMap<>();
        Stream.concat(Stream.of(aws), services.keySet().stream())
                .filter(process -> process.unexpectedExits() > 0)
                .forEach(process -> deaths.put(process.name(), process.unexpectedExits()));
        return deaths;
    }

    @Override
    public void close() {
        services.keySet().forEach(ManagedProcess::end);
        aws.end();
        proxies.forEach(RegionProxy::close);
        ServiceJar.delete(directory.resolve(APPS));
    }
}
