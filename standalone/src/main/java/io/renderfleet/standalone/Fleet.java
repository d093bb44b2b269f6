package io.renderfleet.standalone;

import io.renderfleet.api.ApiServiceApplication;
import io.renderfleet.distributor.DistributorServiceApplication;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.region.RegionId;
import io.renderfleet.worker.WorkerServiceApplication;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The three services against one local AWS, in this JVM: an API, a distributor and one worker per region, each with its
 * own Spring context and port. What runs here is what runs on AWS; only settings differ.
 */
public final class Fleet implements AutoCloseable {
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
     * @param settings further settings of all services, stronger than their own defaults
     * @throws IllegalStateException when one does not start; the others are stopped again
     */
    public static Fleet start(LocalAws aws, FleetPorts ports, Map<String, String> settings) {
        Map<String, String> common = new LinkedHashMap<>(aws.serviceProperties());
        common.put("renderfleet.worker.lease", "30s");
        // The API's library is on everybody's class path here.
        common.put("springdoc.api-docs.enabled", "false");
        common.putAll(settings);
        List<RegionId> regions =
                aws.endpoints().sqs().keySet().stream().sorted().toList();
        List<Future<ConfigurableApplicationContext>> starting = new ArrayList<>();
        try (ExecutorService starters = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("fleet-start-", 0).factory())) {
            Map<String, String> api = new LinkedHashMap<>(ports.api());
            api.put("springdoc.api-docs.enabled", "true");
            starting.add(starters.submit(() -> run(ApiServiceApplication.create(), common, api)));
            starting.add(
                    starters.submit(() -> run(DistributorServiceApplication.create(), common, ports.distributor())));
            for (int i = 0; i < regions.size(); i++) {
                Map<String, String> own = new LinkedHashMap<>(ports.worker(i));
                own.put("renderfleet.worker.region", regions.get(i).value());
                own.put(
                        "renderfleet.render.design-cache",
                        "${java.io.tmpdir}/renderfleet-"
                                + ProcessHandle.current().pid() + "/" + regions.get(i));
                starting.add(starters.submit(() -> run(WorkerServiceApplication.create(), common, own)));
            }
        }
        return started(starting, regions);
    }

    private static Fleet started(List<Future<ConfigurableApplicationContext>> starting, List<RegionId> regions) {
        List<ConfigurableApplicationContext> contexts = new ArrayList<>();
        IllegalStateException failure = null;
        for (Future<ConfigurableApplicationContext> context : starting) {
            try {
                contexts.add(context.get());
            } catch (ExecutionException e) {
                failure = new IllegalStateException("A service did not start: " + e.getCause(), e.getCause());
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

    private static ConfigurableApplicationContext run(
            SpringApplication service, Map<String, String> common, Map<String, String> own) {
        service.setRegisterShutdownHook(false);
        service.setLogStartupInfo(false);
        List<String> arguments = new ArrayList<>();
        Map<String, String> settings = new LinkedHashMap<>(common);
        settings.putAll(own);
        settings.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return service.run(arguments.toArray(String[]::new));
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
