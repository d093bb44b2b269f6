package io.renderfleet.api.page;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.identity.IdentitySettings;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * Serves the page at {@code /}. Its own files are checked for changes at each visit; the paths of libraries contain their
 * version, so that browsers keep them. Nothing here needs a token, and nothing depends on a user.
 */
@Configuration(proxyBeanMethods = false)
class PageConfiguration implements WebMvcConfigurer {
    /** The languages of the page; the first one is for visitors who prefer none of them. */
    private static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.CHINESE);

    private static final Duration YEAR = Duration.ofDays(365);
    private static final int BEFORE_CONTROLLERS = -1;

    /** Validators by the URL of a file in this jar, of which there are as many as the page has files. */
    private final Map<String, String> etags = new ConcurrentHashMap<>();

    /**
     * What the page must know before a user has logged in. Null values are left out.
     *
     * @param authenticated whether users must log in
     * @param issuer the issuer of tokens, with a discovery document
     * @param language the language of the page for this visitor, one of the locales
     * @param userClaim the claim of a token with the id of its user
     * @param rolesClaim the claim with the roles; the page uses it to decide what it shows, and the API decides what a
     *     user may do
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record PageConfig(
            boolean authenticated,
            @Nullable URI issuer,
            @Nullable String clientId,
            @Nullable String scope,
            List<String> locales,
            String language,
            List<String> regions,
            @Nullable String userClaim,
            @Nullable String rolesClaim,
            @Nullable String operatorRole) {}

    @Bean
    SimpleUrlHandlerMapping pageFiles(
            PageSettings settings,
            IdentitySettings identity,
            FleetSettings fleet,
            ResultStore results,
            ObjectMapper json)
            throws IOException {
        String html = new ClassPathResource("static/index.html").getContentAsString(StandardCharsets.UTF_8);
        byte[] page = html.getBytes(StandardCharsets.UTF_8);
        PageFile index = new PageFile(
                request -> page,
                Map.of(
                        HttpHeaders.CONTENT_TYPE,
                        "text/html;charset=UTF-8",
                        "Content-Security-Policy",
                        PagePolicy.of(html, results.linkOrigins(), login(settings, identity))));
        PageFile config = new PageFile(
                request -> write(json, config(settings, identity, fleet, language(request))),
                Map.of(
                        HttpHeaders.CONTENT_TYPE,
                        MediaType.APPLICATION_JSON_VALUE,
                        HttpHeaders.VARY,
                        HttpHeaders.ACCEPT_LANGUAGE));
        return new SimpleUrlHandlerMapping(
                Map.of("/", index, "/index.html", index, "/page/config.json", config), BEFORE_CONTROLLERS);
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/page/**")
                .addResourceLocations("classpath:/static/page/")
                .setCacheControl(CacheControl.noCache())
                // The files of all versions have the same time, as the build is reproducible.
                .setUseLastModified(false)
                .setEtagGenerator(this::etag);
        registry.addResourceHandler("/webjars/**")
                .addResourceLocations("classpath:/META-INF/resources/webjars/")
                .setCacheControl(CacheControl.maxAge(YEAR).cachePublic().immutable())
                .setUseLastModified(false)
                .setEtagGenerator(this::etag);
    }

    private String etag(Resource file) {
        try {
            return etags.computeIfAbsent(file.getURL().toString(), url -> {
                try {
                    return PageFile.etag(file.getContentAsByteArray());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<URI> login(PageSettings settings, IdentitySettings identity) {
        Set<URI> login = new HashSet<>(settings.loginOrigins());
        if (identity.issuer() != null) {
            login.add(identity.issuer());
        }
        return login;
    }

    private static PageConfig config(
            PageSettings settings, IdentitySettings identity, FleetSettings fleet, Locale language) {
        boolean authenticated = identity.isRequired();
        boolean configured = authenticated && !settings.clientId().isEmpty();
        return new PageConfig(
                authenticated,
                identity.issuer(),
                configured ? settings.clientId() : null,
                configured ? settings.scope() : null,
                LANGUAGES.stream().map(Locale::toLanguageTag).toList(),
                language.toLanguageTag(),
                fleet.regions().stream().map(RegionId::value).toList(),
                authenticated ? identity.userClaim() : null,
                authenticated ? identity.rolesClaim() : null,
                authenticated ? identity.operatorRole() : null);
    }

    /** The language that a visitor prefers. */
    private static Locale language(HttpServletRequest request) {
        String accepted = request.getHeader(HttpHeaders.ACCEPT_LANGUAGE);
        Locale found = null;
        if (accepted != null) {
            try {
                found = Locale.lookup(Locale.LanguageRange.parse(accepted), LANGUAGES);
            } catch (IllegalArgumentException e) {
                // Not a list of languages, so there is no preference.
            }
        }
        return found == null ? LANGUAGES.getFirst() : found;
    }

    private static byte[] write(ObjectMapper json, PageConfig config) {
        try {
            return json.writeValueAsBytes(config);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("The settings of the page cannot be written", e);
        }
    }
}
