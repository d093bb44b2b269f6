package io.renderfleet.http;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Protects the server of a service. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(HttpSettings.class)
class HttpAutoConfiguration {

    @Bean
    CrossSiteFilter crossSiteFilter(HttpSettings settings) {
        return new CrossSiteFilter(settings);
    }

    @Bean
    SecurityHeaders securityHeaders() {
        return new SecurityHeaders();
    }

    @Bean
    HttpServerLimits httpServerLimits(HttpSettings settings) {
        return new HttpServerLimits(settings);
    }
}
