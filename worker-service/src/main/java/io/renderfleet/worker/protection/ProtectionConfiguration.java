package io.renderfleet.worker.protection;

import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ProtectionConfiguration {
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    @Bean
    TaskProtection taskProtection(ProtectionSettings settings, LoopHealth health) {
        return settings.agentUri().isBlank()
                ? TaskProtection.none()
                : new EcsTaskProtection(
                                new EcsAgent(settings.agentUri(), settings.timeout()), settings, System::nanoTime)
                        .checkEvery(CHECK_INTERVAL, health);
    }
}
