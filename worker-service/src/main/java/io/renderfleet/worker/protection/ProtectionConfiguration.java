package io.renderfleet.worker.protection;

import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ProtectionConfiguration {
    private static final Duration LOOK = Duration.ofSeconds(1);

    @Bean
    TaskProtection taskProtection(ProtectionSettings settings) {
        return settings.agentUri().isBlank()
                ? TaskProtection.none()
                : new EcsTaskProtection(
                                new EcsAgent(settings.agentUri(), settings.timeout()), settings, System::nanoTime)
                        .lookEvery(LOOK);
    }
}
