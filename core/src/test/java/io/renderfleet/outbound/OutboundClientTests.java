package io.renderfleet.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.outbound.OutboundException.Reason;
import io.renderfleet.testing.WebhookReceiver;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OutboundClientTests {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private WebhookReceiver server;

    @BeforeEach
    void start() throws Exception {
        server = WebhookReceiver.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static OutboundClient client(Duration timeout, DnsResolver addresses) {
        return new OutboundClient(timeout, 10, 10, addresses, DefaultClientTlsStrategy.createSystemDefault());
    }

    private static int status(OutboundClient client, String url) throws OutboundException {
        return client.send(new HttpGet(URI.create(url)), LIMIT, (OutboundClient.Reader<Integer, OutboundException>)
                response -> response.getCode());
    }

    private static void assertRefused(OutboundClient client, String url, Reason reason) {
        assertThatThrownBy(() -> status(client, url))
                .isInstanceOfSatisfying(
                        OutboundException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    /** Names resolve to these addresses, the first time to the first, and so on; then to the last. */
    private static DnsResolver names(String... addresses) {
        AtomicInteger calls = new AtomicInteger();
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                int call = Math.min(calls.getAndIncrement(), addresses.length - 1);
                return InetAddress.getAllByName(addresses[call]);
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "169.254.169.254",
                "169.254.170.2",
                "10.0.0.1",
                "100.64.0.1",
                "::1",
                "fd00:ec2::254",
                "::ffff:169.254.169.254",
                "64:ff9b::a9fe:a9fe"
            })
    void aNameWithAnAddressThatIsNotPublicIsNotReached(String address) {
        try (OutboundClient client = client(LIMIT, new PublicAddresses(names(address)))) {
            assertRefused(client, server.url("/").replace("127.0.0.1", "hook.test"), Reason.NOT_PUBLIC);
        }
        assertThat(server.requests("/")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:", "http://localhost:", "http://[::1]:", "http://[::ffff:127.0.0.1]:"})
    void anAddressInTheUrlIsCheckedAsWell(String start) {
        try (OutboundClient client = client(LIMIT, new PublicAddresses(SystemDefaultDnsResolver.INSTANCE))) {
            assertRefused(client, start + URI.create(server.url("/")).getPort() + "/", Reason.NOT_PUBLIC);
        }
        assertThat(server.requests("/")).isEmpty();
    }

    @Test
    void aNameThatResolvesToThisMachineLaterIsNotReached() throws Exception {
        // Each connection is to the addresses that were checked for it; the second check fails.
        DnsResolver rebinding = names("127.0.0.1", "169.254.169.254");
        DnsResolver checked = new PublicAddresses(rebinding, true);
        String url = server.url("/").replace("127.0.0.1", "hook.test");
        try (OutboundClient client = client(LIMIT, checked)) {
            assertThat(status(client, url)).isEqualTo(204);
            assertRefused(client, url.replace("hook", "hook2"), Reason.NOT_PUBLIC);
        }
        assertThat(server.requests("/")).hasSize(1);
    }

    @Test
    void oneAddressThatIsNotPublicIsEnoughToRefuseAName() {
        DnsResolver mixed = new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) {
                return Arrays.stream(new String[] {"93.184.215.14", "127.0.0.1"})
                        .map(InetAddress::ofLiteral)
                        .toArray(InetAddress[]::new);
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
        try (OutboundClient client = client(LIMIT, new PublicAddresses(mixed))) {
            assertRefused(client, server.url("/").replace("127.0.0.1", "hook.test"), Reason.NOT_PUBLIC);
        }
        assertThat(server.requests("/")).isEmpty();
    }

    @Test
    void aRedirectIsTheResponseAndNotFollowed() throws Exception {
        server.respond(302);
        try (OutboundClient client = client(LIMIT, new PublicAddresses(names("127.0.0.1"), true))) {
            assertThat(status(client, server.url("/"))).isEqualTo(302);
        }
        assertThat(server.requests("/redirected")).isEmpty();
    }

    @Test
    void aServerThatDoesNotRespondIsGivenUp() {
        try (OutboundClient client = client(Duration.ofSeconds(1), new PublicAddresses(names("127.0.0.1"), true))) {
            assertRefused(client, server.url("/silent"), Reason.TIMEOUT);
        }
    }

    @Test
    void onALaptopOnlyThisMachineIsReachedInAddition() {
        try (OutboundClient client = client(LIMIT, new PublicAddresses(names("10.0.0.1"), true))) {
            assertRefused(client, server.url("/").replace("127.0.0.1", "hook.test"), Reason.NOT_PUBLIC);
        }
    }
}
