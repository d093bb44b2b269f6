package io.renderfleet.http;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.context.annotation.Bean;

/**
 * Protects the management server of a service that has its own port, because the filters of the service do not apply
 * there.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
class ManagementHttpConfiguration {

    @Bean
    CrossSiteFilter managementCrossSiteFilter(HttpSettings settings) {
        return new CrossSiteFilter(settings);
    }

    @Bean
    SecurityHeaders managementSecurityHeaders() {
        return new SecurityHeaders();
    }

    @Bean
    HttpServerLimits managementHttpServerLimits(HttpSettings settings) {
        return new HttpServerLimits(settings);
    }
}
