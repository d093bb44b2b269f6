package io.renderfleet.worker.execution;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.WorkerId;
import io.renderfleet.jobtype.JobRunner;
import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.pool.PoolName;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.telemetry.JobTraces;
import io.renderfleet.telemetry.LoopHealth;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ExecutionConfiguration {
    private static final int MAX_HOST = 40;

    /**
     * The host name and a random suffix, because a restarted worker must not own the leases of the process before it.
     */
    @Bean
    WorkerId workerId() {
        String host = hostName();
        String suffix = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        return new WorkerId(host.substring(0, Math.min(MAX_HOST, host.length())) + "-" + suffix);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // The name is informational; a machine whose own name does not resolve can still run jobs.
            return "worker";
        }
    }

    /** The region in which this process runs, for the job types. */
    @Bean
    RegionId region(WorkerSettings settings) {
        return settings.region();
    }

    /** The runners of all job types on the class path. */
    @Bean
    JobRunners jobRunners(List<JobRunner> runners) {
        return new JobRunners(runners);
    }

    @Bean
    ServedPools servedPools(FleetSettings fleet, WorkerSettings worker) {
        return ServedPools.of(fleet, worker);
    }

    @Bean
    JobsInHand jobsInHand(WorkerSettings settings) {
        return new JobsInHand(settings.jobsInHand(), Path.of(System.getProperty("java.io.tmpdir")));
    }

    @Bean
    LeftJobs leftJobs(JobsInHand inHand, JobStore store, JobExecution execution) {
        return new LeftJobs(inHand, store, new Random(), execution::metrics);
    }

    @Bean
    JobExecution jobExecution(
            JobStore store,
            ResultStore results,
            JobRunners runners,
            ServedPools pools,
            WorkerSettings settings,
            AttemptLimits limits,
            JobsInHand inHand,
            WorkerId self,
            Clock clock,
            MeterRegistry registry,
            JobTraces traces) {
        return new JobExecution(
                store,
                results,
                runners,
                pools,
                settings,
                limits,
                inHand,
                self,
                clock,
                // The JDK's random generator that threads can share.
                new Random(),
                registry,
                traces);
    }

    /**
     * The part {@code runners} of the health group {@code liveness}. Down when a pool has as many threads left behind
     * as slots, so that the platform replaces a worker whose cores are in use by such threads.
     */
    @Bean
    HealthIndicator runnersHealthIndicator(JobExecution execution, ServedPools pools, MeterRegistry registry) {
        pools.names()
                .forEach(pool -> Gauge.builder(
                                FleetMetric.WORKER_LEFT_BEHIND.metricName(), () -> execution.leftBehind(pool))
                        .description(FleetMetric.WORKER_LEFT_BEHIND.description())
                        .tag("pool", pool.value())
                        .register(registry));
        return () -> {
            boolean up = pools.names().stream().allMatch(pool -> execution.leftBehind(pool) < pools.slots(pool));
            return (up ? Health.up() : Health.down())
                    .withDetail(
                            "leftBehind",
                            pools.names().stream().collect(Collectors.toMap(PoolName::value, execution::leftBehind)))
                    .build();
        };
    }

    @Bean
    LeaseKeeper leaseKeeper(JobExecution execution, WorkerSettings settings, LoopHealth health) {
        return new LeaseKeeper(execution.running(), settings.heartbeat(), health);
    }
}
