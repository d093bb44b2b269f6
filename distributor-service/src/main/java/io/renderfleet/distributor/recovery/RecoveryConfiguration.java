package io.renderfleet.distributor.recovery;

import io.github.resilience4j.retry.RetryRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.distributor.depth.DrainedRegionsCache;
import io.renderfleet.distributor.depth.PoolDepths;
import io.renderfleet.distributor.dispatch.Dispatcher;
import io.renderfleet.distributor.dispatch.ForwardedSamples;
import io.renderfleet.job.JobEndListener;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RecoverySettings.class)
class RecoveryConfiguration {
    /** A sweep over thousands of due jobs, one after another, while the job store is slow. */
    private static final Duration LONGEST_SWEEP = Duration.ofMinutes(30);

    private static final Duration LONGEST_REAPING = Duration.ofMinutes(30);

    @Bean
    QueueEvidence queueEvidence(ForwardedSamples samples, JobRecovery jobs, Clock clock) {
        return new QueueEvidence(samples, jobs, clock);
    }

    @Bean
    Watchdog watchdog(
            JobRecovery jobs,
            JobQueues queues,
            PoolDepths depths,
            Dispatcher dispatcher,
            DrainedRegionsCache drained,
            QueueEvidence evidence,
            RecoverySettings settings,
            RetryRegistry retries,
            JobEndListener events,
            Clock clock,
            MeterRegistry meters) {
        return new Watchdog(
                jobs,
                queues,
                new RecoveryPolicy(settings),
                () -> new ObservedFleet(depths, dispatcher, drained, queues, evidence),
                settings.batch(),
                retries.retry("watchdog", "watchdog"),
                events,
                clock,
                meters);
    }

    @Bean
    PeriodicTask watchdogTask(Watchdog watchdog, RecoverySettings settings, LoopHealth health) {
        return new PeriodicTask("watchdog", settings.sweep(), LONGEST_SWEEP, watchdog::sweep, health);
    }

    @Bean
    Reaper reaper(JobRecovery jobs, JobQueues queues, Clock clock, MeterRegistry meters) {
        return new Reaper(jobs, queues, clock, meters);
    }

    @Bean
    PeriodicTask reaperTask(Reaper reaper, RecoverySettings settings, LoopHealth health) {
        return new PeriodicTask("reaper", settings.letters(), LONGEST_REAPING, reaper::reap, health);
    }
}
