package io.renderfleet.localissuer;

import java.net.InetAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An issuer of tokens for one machine, with the users {@code ada} and {@code bob}, and {@code olga}, who is an operator. The
 * password of each is its name. Programs use the client {@link #MACHINE} or {@link #OPERATOR}, whose secret is its id too.
 * Keys and tokens are kept in memory only.
 */
public final class LocalIssuer implements AutoCloseable {
    /** The client of programs that act as a user, by client credentials. */
    public static final String MACHINE = "machine";

    /** The client of programs that act as an operator, by client credentials. */
    public static final String OPERATOR = "operations";

    /** The client of the command line, without a secret, by device authorization (RFC 8628). */
    public static final String COMMAND_LINE = "renderfleet-cli";

    /** The client of the page, without a secret, by authorization codes with PKCE (RFC 7636). */
    public static final String PAGE = "renderfleet-page";

    /** Where the page is, if the API has its usual port. */
    public static final List<URI> LOCAL_PAGES =
            List.of(URI.create("http://127.0.0.1:8080/"), URI.create("http://localhost:8080/"));

    /** The audience of its tokens. */
    public static final String AUDIENCE = "renderfleet";

    private final ConfigurableApplicationContext context;
    private final URI issuer;

    private LocalIssuer(ConfigurableApplicationContext context, URI issuer) {
        this.context = context;
        this.issuer = issuer;
    }

    /**
     * Starts the issuer.
     *
     * @param address where it listens
     * @param port 0 for any free port
     * @param issuer its URL for users and services; null for its loopback address
     * @param pages the addresses of the page, to which users return after their login. At the host 127.0.0.1, the page
     *     can have any port (RFC 8252, section 7.3)
     * @throws RuntimeException if it cannot listen there
     */
    public static LocalIssuer start(InetAddress address, int port, @Nullable URI issuer, List<URI> pages) {
        SpringApplication application = new SpringApplication(IssuerConfiguration.class);
        application.setWebApplicationType(WebApplicationType.SERVLET);
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        application.setBannerMode(Banner.Mode.OFF);
        // Not the settings of the services, which may share this process and its environment.
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spring.config.name", "local-issuer");
        settings.put("spring.application.name", "local-issuer");
        settings.put("server.address", address.getHostAddress());
        settings.put("server.port", Integer.toString(port));
        settings.put("server.servlet.session.cookie.name", "LOCALISSUER");
        settings.put("spring.jmx.enabled", "false");
        if (issuer != null) {
            settings.put(IssuerConfiguration.ISSUER, issuer.toString());
        }
        settings.put(
                IssuerConfiguration.PAGES, pages.stream().map(URI::toString).collect(Collectors.joining(",")));
        List<String> arguments = settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toList();
        ConfigurableApplicationContext context = application.run(arguments.toArray(String[]::new));
        URI own = URI.create("http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port"));
        return new LocalIssuer(context, issuer == null ? own : issuer);
    }

    /** Its URL, as in the claim {@code iss} of its tokens. */
    public URI issuer() {
        return issuer;
    }

    @Override
    public void close() {
        context.close();
    }
}
