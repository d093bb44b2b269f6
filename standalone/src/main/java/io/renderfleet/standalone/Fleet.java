package io.renderfleet.standalone;

import io.renderfleet.api.ApiServiceApplication;
import io.renderfleet.distributor.DistributorServiceApplication;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.pool.Pool;
import io.renderfleet.region.RegionId;
import io.renderfleet.start.ServiceStart;
import io.renderfleet.worker.WorkerServiceApplication;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The three services against one local AWS, in this JVM: an API, a distributor and one worker per region, each with its
 * own Spring context and port. What runs here is what runs on AWS; only settings differ.
 */
public final class Fleet implements AutoCloseable {
    /** The pools of a fleet on one machine. */
    public static final List<Pool> POOLS = List.of(Pool.of("render=cpu"), Pool.of("inference=io"));

    private final ConfigurableApplicationContext api;
    private final ConfigurableApplicationContext distributor;
    private final Map<RegionId, ConfigurableApplicationContext> workers;

    private Fleet(
            ConfigurableApplicationContext api,
            ConfigurableApplicationContext distributor,
            Map<RegionId, ConfigurableApplicationContext> workers) {
        this.api = api;
        this.distributor = distributor;
        this.workers = workers;
    }

    /**
     * Starts all services side by side and returns when they are ready.
     *
     * @param settings further settings of all services, over all other sources
     * @throws IllegalStateException when a service does not start; the others are stopped again
     */
    public static Fleet start(LocalAws aws, FleetPorts ports, Map<String, String> settings) {
        List<ServiceSpec> services = services(aws, ports, settings);
        List<Future<ConfigurableApplicationContext>> starting;
        try (ExecutorService starters = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("fleet-start-", 0).factory())) {
            starting = services.stream()
                    .map(service -> starters.submit(() -> service.application().run(service.arguments())))
                    .toList();
        }
        return started(starting, regions(aws));
    }

    /** Prints the settings that each service of the fleet would have, without starting any. */
    public static void printSettings(LocalAws aws, FleetPorts ports, PrintStream out) {
        for (ServiceSpec service : services(aws, ports, Map.of())) {
            out.println("# " + service.name());
            ServiceStart.printSettings(service.application(), out, service.arguments());
            out.println();
        }
    }

    /**
     * A service of the fleet, not started.
     *
     * @param owned the settings that the fleet gives it, over all other sources
     */
    private record ServiceSpec(String name, SpringApplication application, Map<String, String> owned) {
        String[] arguments() {
            return owned.entrySet().stream()
                    .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                    .toArray(String[]::new);
        }
    }

    private static List<RegionId> regions(LocalAws aws) {
        return aws.endpoints().sqs().keySet().stream().sorted().toList();
    }

    private static List<ServiceSpec> services(LocalAws aws, FleetPorts ports, Map<String, String> settings) {
        Map<String, String> common = new LinkedHashMap<>(aws.serviceProperties());
        common.putAll(settings);
        List<ServiceSpec> services = new ArrayList<>();
        Map<String, String> api = new LinkedHashMap<>(ports.api());
        api.put("springdoc.api-docs.enabled", "true");
        services.add(service("api-service", ApiServiceApplication.create(), common, api));
        services.add(
                service("distributor-service", DistributorServiceApplication.create(), common, ports.distributor()));
        List<RegionId> regions = regions(aws);
        for (int i = 0; i < regions.size(); i++) {
            Map<String, String> own = new LinkedHashMap<>(ports.worker(i));
            own.put("renderfleet.worker.region", regions.get(i).value());
            own.put(
                    "renderfleet.render.design-cache",
                    "${java.io.tmpdir}/renderfleet-" + ProcessHandle.current().pid() + "/" + regions.get(i));
            services.add(service("worker-service", WorkerServiceApplication.create(), common, own));
        }
        return services;
    }

    private static ServiceSpec service(
            String name, SpringApplication application, Map<String, String> common, Map<String, String> own) {
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        Map<String, String> owned = new LinkedHashMap<>(common);
        owned.putAll(own);
        // The fleet's own file of settings is stronger than that of the service, and weaker than environment variables.
        owned.put("spring.config.name", "application," + name + ",standalone");
        return new ServiceSpec(name, application, owned);
    }

    /** The names of the settings that a fleet gives its services over all other sources. */
    static SortedSet<String> ownedSettings(LocalAws aws, FleetPorts ports) {
        return services(aws, ports, Map.of()).stream()
                .flatMap(service -> service.owned().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Fleet started(List<Future<ConfigurableApplicationContext>> starting, List<RegionId> regions) {
        List<ConfigurableApplicationContext> contexts = new ArrayList<>();
        IllegalStateException failure = null;
        for (Future<ConfigurableApplicationContext> context : starting) {
            try {
                contexts.add(context.get());
            } catch (ExecutionException e) {
                failure = new IllegalStateException(explain(e.getCause()), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = new IllegalStateException("Interrupted while the services started.", e);
            }
        }
        if (failure != null) {
            contexts.forEach(ConfigurableApplicationContext::close);
            throw failure;
        }
        Map<RegionId, ConfigurableApplicationContext> workers = new LinkedHashMap<>();
        for (int i = 0; i < regions.size(); i++) {
            workers.put(regions.get(i), contexts.get(i + 2));
        }
        return new Fleet(contexts.get(0), contexts.get(1), workers);
    }

    private static String explain(@Nullable Throwable failure) {
        return "A service did not start. "
                + Optional.ofNullable(failure)
                        .flatMap(ServiceStart::explain)
                        .map(analysis -> analysis.getDescription() + "\n\n" + analysis.getAction())
                        .orElse(String.valueOf(failure));
    }

    /** Where the API answers. */
    public URI api() {
        return URI.create("http://127.0.0.1:" + port(api, "local.server.port"));
    }

    /** Where each service's metrics and health are, by its name. */
    public Map<String, URI> management() {
        Map<String, URI> all = new LinkedHashMap<>();
        all.put("api", management(api, "local.management.port"));
        all.put("distributor", management(distributor, "local.server.port"));
        workers.forEach((region, worker) -> all.put("worker " + region, management(worker, "local.server.port")));
        return all;
    }

    /** The distributor's context, for tests that stop it. */
    public ConfigurableApplicationContext distributor() {
        return distributor;
    }

    /** The workers' contexts, for tests that stop them. */
    public Map<RegionId, ConfigurableApplicationContext> workers() {
        return workers;
    }

    private static URI management(ConfigurableApplicationContext service, String port) {
        return URI.create("http://127.0.0.1:" + port(service, port) + "/actuator");
    }

    private static String port(ConfigurableApplicationContext service, String name) {
        return service.getEnvironment().getRequiredProperty(name);
    }

    /** Stops the services in the direction of the data: nothing new comes in while what is there is finished. */
    @Override
    public void close() {
        api.close();
        distributor.close();
        workers.values().parallelStream().forEach(ConfigurableApplicationContext::close);
    }
}
