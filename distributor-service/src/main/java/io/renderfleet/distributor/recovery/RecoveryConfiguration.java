package io.renderfleet.distributor.recovery;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.distributor.depth.DepthLedger;
import io.renderfleet.distributor.depth.Drained;
import io.renderfleet.distributor.dispatch.Dispatcher;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.queue.JobQueues;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RecoverySettings.class)
class RecoveryConfiguration {

    @Bean
    Watchdog watchdog(
            JobRecovery jobs,
            JobQueues queues,
            DepthLedger ledger,
            Dispatcher dispatcher,
            Drained drained,
            RecoverySettings settings,
            Clock clock,
            MeterRegistry meters) {
        return new Watchdog(
                jobs,
                queues,
                new Diagnosis(settings),
                () -> new FleetSurroundings(ledger, dispatcher, drained, queues),
                settings.batch(),
                clock,
                meters);
    }

    @Bean
    Rounds watchdogRounds(Watchdog watchdog, RecoverySettings settings) {
        return new Rounds("watchdog", settings.sweep(), watchdog::sweep);
    }

    @Bean
    Reaper reaper(JobRecovery jobs, JobQueues queues, MeterRegistry meters) {
        return new Reaper(jobs, queues, meters);
    }

    @Bean
    Rounds reaperRounds(Reaper reaper, RecoverySettings settings) {
        return new Rounds("reaper", settings.letters(), reaper::reap);
    }
}
