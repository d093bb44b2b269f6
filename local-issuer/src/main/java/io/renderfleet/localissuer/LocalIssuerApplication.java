package io.renderfleet.localissuer;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The issuer as a process of its own. */
@Command(
        name = "local-issuer",
        mixinStandardHelpOptions = true,
        description = "Runs an OpenID Connect issuer with the users ada, bob and olga, to try authentication.")
public final class LocalIssuerApplication implements Callable<Integer> {
    @Option(names = "--address", defaultValue = "127.0.0.1", description = "Where it listens (${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private InetAddress address;

    @Option(names = "--port", defaultValue = "9500", description = "The port (${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--issuer",
            description = "Its URL in tokens, which users and services must reach. By default its loopback address.")
    private @Nullable URI issuer;

    @Option(
            names = "--page",
            description = "An address of the page of the API, to which users return after their login. Can be repeated."
                    + " By default http://127.0.0.1:8080/ and http://localhost:8080/.")
    private List<URI> pages = LocalIssuer.LOCAL_PAGES;

    private LocalIssuerApplication() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new LocalIssuerApplication()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        LocalIssuer running = LocalIssuer.start(address, port, issuer, pages);
        Runtime.getRuntime().addShutdownHook(new Thread(running::close, "issuer-stop"));
        System.out.println("The issuer " + running.issuer() + " is up.");
        new CountDownLatch(1).await();
        return 0;
    }
}
