package io.renderfleet.distributor.dispatch;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DispatchConfiguration {
    /** The name of the Resilience4j configurations for each region and pool. */
    private static final String SETTINGS = "region";

    @Bean
    ForwardedSamples forwardedSamples(Clock clock) {
        return new ForwardedSamples(clock);
    }

    @Bean
    Dispatcher dispatcher(
            FleetSettings fleet,
            JobQueues queues,
            BulkheadRegistry bulkheads,
            CircuitBreakerRegistry circuits,
            RetryRegistry retries,
            TimeLimiterRegistry limits,
            ForwardedSamples samples,
            MeterRegistry meters) {
        ExecutorService executor = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("dispatch-", 0).factory());
        Map<Destination, RegionLink> links = new HashMap<>();
        for (RegionId region : fleet.regions()) {
            for (PoolName pool : fleet.poolNames()) {
                Destination destination = new Destination(region, pool);
                String name = region + "-" + pool;
                links.put(
                        destination,
                        new RegionLink(
                                destination,
                                bulkheads.bulkhead(name, SETTINGS),
                                circuits.circuitBreaker(name, SETTINGS),
                                retries.retry(name, SETTINGS),
                                limits.timeLimiter(name, SETTINGS),
                                executor));
            }
        }
        return new Dispatcher(queues, links, samples, executor, meters);
    }
}
