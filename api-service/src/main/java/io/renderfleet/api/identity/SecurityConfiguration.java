package io.renderfleet.api.identity;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.identity.Caller;
import io.renderfleet.start.CannotStartException;
import jakarta.servlet.DispatcherType;
import java.net.InetAddress;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.security.servlet.EndpointRequest;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Who may call what. Every path needs a token with the role of a user, except those of {@link #PUBLIC}; those of
 * {@link #OPERATORS} need the role of an operator. There are no sessions and no cookies.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
    /**
     * The description of the API, which says nothing about this deployment, and the page, which must say how to log in
     * and whose policy names the buckets of its pictures.
     */
    static final String[] PUBLIC = {
        "/v3/api-docs",
        "/v3/api-docs/**",
        "/v3/api-docs.yaml",
        "/swagger-ui.html",
        "/swagger-ui/**",
        "/error",
        "/",
        "/index.html",
        "/page/**",
        "/webjars/**"
    };

    static final String[] OPERATORS = {"/admin/**", "/alerts/rules", "/alerts/rules/**"};

    private static final Profiles LOCAL = Profiles.of("local");

    /** The management port is reachable only from inside; see docs/threat-model.md. */
    @Bean
    @Order(1)
    SecurityFilterChain management(HttpSecurity http) throws Exception {
        return bare(http.securityMatcher(EndpointRequest.toAnyEndpoint()))
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain api(
            HttpSecurity http,
            IdentitySettings settings,
            Environment environment,
            ServerProperties properties,
            ObjectMapper json,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems)
            throws Exception {
        if (!settings.isRequired()) {
            requireLocal(environment, properties.getAddress());
            return bare(http)
                    .addFilterBefore(Callers.filter(() -> Caller.ANYONE), AuthorizationFilter.class)
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }
        Tokens tokens = new Tokens(settings, InstantSource.system());
        Refusals refusals = new Refusals(settings, problems);
        return bare(http)
                .oauth2ResourceServer(server -> server.authenticationEntryPoint(refusals)
                        .accessDeniedHandler(refusals)
                        .jwt(jwt -> jwt.decoder(tokens.decoder()).jwtAuthenticationConverter(tokens::caller))
                        .withObjectPostProcessor(answerOutages(refusals)))
                .addFilterAfter(Callers.filter(Callers::identified), BearerTokenAuthenticationFilter.class)
                .addFilterBefore(new AuditLog(json), BearerTokenAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests
                        // A stream that ends or fails is dispatched again after its caller was let in.
                        .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(PUBLIC)
                        .permitAll()
                        .requestMatchers(OPERATORS)
                        .hasAuthority(Callers.OPERATOR)
                        .anyRequest()
                        .hasAuthority(Callers.USER))
                .build();
    }

    /** The filter would answer an issuer that is down with 500. */
    private static ObjectPostProcessor<BearerTokenAuthenticationFilter> answerOutages(Refusals refusals) {
        return new ObjectPostProcessor<>() {
            @Override
            public <F extends BearerTokenAuthenticationFilter> F postProcess(F filter) {
                filter.setAuthenticationFailureHandler(refusals::commence);
                return filter;
            }
        };
    }

    /** What Spring Security does for pages with sessions and forms is off; {@code core} sets the headers of all answers. */
    private static HttpSecurity bare(HttpSecurity http) throws Exception {
        return http.csrf(AbstractHttpConfigurer::disable)
                .cors(AbstractHttpConfigurer::disable)
                .headers(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS));
    }

    private static void requireLocal(Environment environment, @Nullable InetAddress address) {
        boolean loopback = address != null && address.isLoopbackAddress();
        if (!environment.acceptsProfiles(LOCAL) || !loopback) {
            throw new CannotStartException(
                    "This service would let everybody in, because it has no issuer of tokens.",
                    "Set renderfleet.identity.issuer to the URL of your OpenID Connect issuer"
                            + " (RENDERFLEET_IDENTITY_ISSUER). Without one, it starts only with the profile local on a"
                            + " loopback address.");
        }
    }
}
