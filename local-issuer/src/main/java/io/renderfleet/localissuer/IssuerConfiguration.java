package io.renderfleet.localissuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.http.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.keygen.Base64StringKeyGenerator;
import org.springframework.security.crypto.keygen.StringKeyGenerator;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationConsent;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationConsentService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configuration.OAuth2AuthorizationServerConfiguration;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configurers.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.oauth2.server.authorization.token.DelegatingOAuth2TokenGenerator;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.JwtGenerator;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Spring Authorization Server with fixed users and clients. Imports only what it needs, because the services can be on the
 * same class path.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({
    PropertyPlaceholderAutoConfiguration.class,
    JacksonAutoConfiguration.class,
    HttpMessageConvertersAutoConfiguration.class,
    ServletWebServerFactoryAutoConfiguration.class,
    DispatcherServletAutoConfiguration.class,
    WebMvcAutoConfiguration.class,
    SecurityAutoConfiguration.class,
    SecurityFilterAutoConfiguration.class
})
class IssuerConfiguration {
    static final String ISSUER = "local-issuer.url";
    static final String PAGES = "local-issuer.pages";

    /** The lifetime of access tokens. */
    private static final Duration LIFETIME = Duration.ofMinutes(15);

    private static final String LOOPBACK = "127.0.0.1";
    private static final String USER_ROLE = "user";
    private static final String OPERATOR_ROLE = "operator";
    private static final Map<String, String> USERS = Map.of("ada", USER_ROLE, "bob", USER_ROLE, "olga", OPERATOR_ROLE);

    /** The roles of clients that act for themselves. */
    private static final Map<String, String> CLIENTS =
            Map.of(LocalIssuer.MACHINE, USER_ROLE, LocalIssuer.OPERATOR, OPERATOR_ROLE);

    @Bean
    @Order(1)
    SecurityFilterChain protocol(HttpSecurity http, RegisteredClientRepository clients, CorsConfigurationSource pages)
            throws Exception {
        OAuth2AuthorizationServerConfigurer server = OAuth2AuthorizationServerConfigurer.authorizationServer();
        DeviceClient device = new DeviceClient(clients);
        return http.securityMatcher(server.getEndpointsMatcher())
                .cors(cors -> cors.configurationSource(pages))
                .with(
                        server,
                        configurer -> configurer
                                .oidc(Customizer.withDefaults())
                                .clientAuthentication(authentication -> authentication
                                        .authenticationConverter(device)
                                        .authenticationProvider(device))
                                .deviceAuthorizationEndpoint(Customizer.withDefaults())
                                .deviceVerificationEndpoint(Customizer.withDefaults()))
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .exceptionHandling(handling -> handling.defaultAuthenticationEntryPointFor(
                        new LoginUrlAuthenticationEntryPoint("/login"),
                        new MediaTypeRequestMatcher(MediaType.TEXT_HTML)))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain login(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .formLogin(Customizer.withDefaults())
                .build();
    }

    @Bean
    UserDetailsService users() {
        return new InMemoryUserDetailsManager(USERS.entrySet().stream()
                .map(user -> User.withUsername(user.getKey())
                        .password("{noop}" + user.getKey())
                        .roles(user.getValue())
                        .build())
                .toList());
    }

    /**
     * The page may read what its login needs: the discovery document, the keys and tokens. Browsers send no cookies with
     * these requests.
     */
    @Bean
    CorsConfigurationSource pages(Environment environment) {
        CorsConfiguration page = new CorsConfiguration();
        page.setAllowedOriginPatterns(addresses(environment).stream()
                .map(address -> address.getScheme() + "://"
                        + (address.getHost().equals(LOOPBACK) ? LOOPBACK + ":[*]" : address.getAuthority()))
                .toList());
        page.setAllowedMethods(List.of("GET", "POST"));
        page.setAllowedHeaders(List.of("*"));
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        for (String path : List.of("/.well-known/**", "/oauth2/jwks", "/oauth2/token", "/oauth2/revoke")) {
            source.registerCorsConfiguration(path, page);
        }
        return source;
    }

    private static List<URI> addresses(Environment environment) {
        return Arrays.stream(environment.getRequiredProperty(PAGES, String[].class))
                .map(URI::create)
                .toList();
    }

    @Bean
    RegisteredClientRepository clients(Environment environment) {
        return new InMemoryRegisteredClientRepository(
                page(addresses(environment)),
                machine(LocalIssuer.MACHINE),
                machine(LocalIssuer.OPERATOR),
                client(LocalIssuer.COMMAND_LINE)
                        .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
                        .authorizationGrantType(AuthorizationGrantType.DEVICE_CODE)
                        .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
                        .clientSettings(ClientSettings.builder()
                                .requireAuthorizationConsent(false)
                                .build())
                        .build());
    }

    private static RegisteredClient page(List<URI> addresses) {
        RegisteredClient.Builder page = client(LocalIssuer.PAGE)
                .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
                .scope(OidcScopes.OPENID)
                .tokenSettings(TokenSettings.builder()
                        .accessTokenTimeToLive(LIFETIME)
                        .reuseRefreshTokens(false)
                        .build())
                .clientSettings(ClientSettings.builder()
                        .requireProofKey(true)
                        .requireAuthorizationConsent(false)
                        .build());
        addresses.forEach(address -> page.redirectUri(address.toString()).postLogoutRedirectUri(address.toString()));
        return page.build();
    }

    private static RegisteredClient machine(String id) {
        return client(id)
                .clientSecret("{noop}" + id)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .build();
    }

    private static RegisteredClient.Builder client(String id) {
        return RegisteredClient.withId(id)
                .clientId(id)
                .tokenSettings(
                        TokenSettings.builder().accessTokenTimeToLive(LIFETIME).build());
    }

    /** Every user has consented: device authorization would ask for it whatever the settings of the client say. */
    @Bean
    OAuth2AuthorizationConsentService consents() {
        return new OAuth2AuthorizationConsentService() {
            @Override
            public OAuth2AuthorizationConsent findById(String clientId, String user) {
                return OAuth2AuthorizationConsent.withId(clientId, user)
                        .scope("renderfleet")
                        .build();
            }

            @Override
            public void save(OAuth2AuthorizationConsent consent) {
                throw new UnsupportedOperationException("No user is asked for consent");
            }

            @Override
            public void remove(OAuth2AuthorizationConsent consent) {
                throw new UnsupportedOperationException("No user is asked for consent");
            }
        };
    }

    /** Where a login on another device ends. */
    @Bean
    RouterFunction<ServerResponse> loggedIn() {
        return RouterFunctions.route()
                .GET(
                        "/",
                        request -> ServerResponse.ok()
                                .contentType(MediaType.TEXT_PLAIN)
                                .body("You are logged in. You can close this page and return to the terminal."))
                .build();
    }

    @Bean
    JWKSource<SecurityContext> keys() throws JOSEException {
        RSAKey key =
                new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
        return new ImmutableJWKSet<>(new JWKSet(key));
    }

    /** For the requests of OpenID Connect that take an access token. */
    @Bean
    JwtDecoder decoder(JWKSource<SecurityContext> keys) {
        return OAuth2AuthorizationServerConfiguration.jwtDecoder(keys);
    }

    /** Gives access tokens the audience and the roles that the API reads. */
    @Bean
    OAuth2TokenCustomizer<JwtEncodingContext> claims() {
        return context -> {
            if ("access_token".equals(context.getTokenType().getValue())) {
                String name = context.getPrincipal().getName();
                String role = AuthorizationGrantType.CLIENT_CREDENTIALS.equals(context.getAuthorizationGrantType())
                        ? CLIENTS.get(name)
                        : USERS.get(name);
                context.getClaims()
                        .audience(List.of(LocalIssuer.AUDIENCE))
                        .claim("roles", role == null ? List.of() : List.of(role));
            }
        };
    }

    /** As Spring Authorization Server does it, but clients without a secret get refresh tokens too. */
    @Bean
    OAuth2TokenGenerator<OAuth2Token> tokens(
            JWKSource<SecurityContext> keys, OAuth2TokenCustomizer<JwtEncodingContext> claims) {
        JwtGenerator jwt = new JwtGenerator(new NimbusJwtEncoder(keys));
        jwt.setJwtCustomizer(claims);
        StringKeyGenerator random =
                new Base64StringKeyGenerator(Base64.getUrlEncoder().withoutPadding(), 96);
        return new DelegatingOAuth2TokenGenerator(jwt, context -> {
            if (!OAuth2TokenType.REFRESH_TOKEN.equals(context.getTokenType())) {
                return null;
            }
            Instant now = Instant.now();
            Duration life = context.getRegisteredClient().getTokenSettings().getRefreshTokenTimeToLive();
            return new OAuth2RefreshToken(random.generateKey(), now, now.plus(life));
        });
    }

    @Bean
    AuthorizationServerSettings settings(Environment environment) {
        AuthorizationServerSettings.Builder settings = AuthorizationServerSettings.builder();
        String issuer = environment.getProperty(ISSUER);
        // Without a fixed issuer, it is the address of the request.
        return (issuer == null ? settings : settings.issuer(issuer)).build();
    }
}
