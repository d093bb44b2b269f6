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
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.telemetry.JobTraces;
import io.renderfleet.telemetry.LoopHealth;
import java.net.InetAddress;
import java.net.UnknownHostException;
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

    /** A name of its own for each life of a process: a restarted worker is not the owner of its old leases. */
    @Bean
    WorkerId workerId() {
        String host = hostName();
        String life = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        return new WorkerId(host.substring(0, Math.min(MAX_HOST, host.length())) + "-" + life);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A machine whose own name does not resolve can work all the same.
            return "worker";
        }
    }

    /** The modules of the job types add theirs where there is a bean of this class. */
    @Bean
    JobRunners jobRunners(List<JobRunner> runners) {
        return new JobRunners(runners);
    }

    @Bean
    ServedPools servedPools(FleetSettings fleet, WorkerSettings worker) {
        return ServedPools.of(fleet, worker);
    }

    @Bean
    JobExecution jobExecution(
            JobStore store,
            ResultStore results,
            JobRunners runners,
            ServedPools pools,
            WorkerSettings settings,
            AttemptLimits limits,
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
                self,
                clock,
                // Of the JDK's generators the one that all slots may share.
                new Random(),
                registry,
                traces);
    }

    /** Belongs to the health group liveness, as runners: a worker whose cores are taken by what it left behind is replaced. */
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
        return new LeaseKeeper(execution, settings.heartbeat(), health);
    }
}
