package io.renderfleet.outbound;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves names of hosts to addresses on the Internet only. The client connects to the addresses that this class
 * returned, so that a name that resolves to another address later (DNS rebinding) has no effect.
 *
 * <p>Refused are the addresses that IANA reserves for special purposes
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, .../iana-ipv6-special-registry), among them those of this
 * machine, of private networks, and 169.254.169.254, where cloud providers have the credentials of a machine.
 */
public final class PublicAddresses implements DnsResolver {
    private final DnsResolver resolver;
    private final boolean loopback;

    /** Checks the addresses that another resolver finds. */
    public PublicAddresses(DnsResolver resolver) {
        this(resolver, false);
    }

    /**
     * Checks the addresses that another resolver finds.
     *
     * @param loopback whether the addresses of this machine are allowed too; only for laptops
     */
    public PublicAddresses(DnsResolver resolver, boolean loopback) {
        this.resolver = resolver;
        this.loopback = loopback;
    }

    /** A name resolves to an address that is not public. */
    public static final class NotPublicException extends UnknownHostException {
        private NotPublicException(String host) {
            super("The host " + host + " has an address that is not public.");
        }
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = resolver.resolve(host);
        if (!Arrays.stream(addresses).allMatch(this::isAllowed)) {
            throw new NotPublicException(host);
        }
        return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return resolver.resolveCanonicalHostname(host);
    }

    private boolean isAllowed(InetAddress address) {
        return isPublic(address) || (loopback && address.isLoopbackAddress());
    }

    /** Whether an address is one of the Internet. */
    public static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        return switch (address) {
            case Inet4Address v4 -> isPublic(v4.getAddress());
            // 2000::/3 is all of IPv6 that is in use on the Internet. Mapped, translated and unique local addresses are
            // outside of it.
            case Inet6Address v6 -> isPublicV6(v6.getAddress());
            default -> false;
        };
    }

    private static boolean isPublic(byte[] address) {
        int first = address[0] & 0xff;
        int second = address[1] & 0xff;
        int third = address[2] & 0xff;
        return first != 0
                && first < 224
                && !(first == 100 && second >= 64 && second < 128)
                && !(first == 192 && second == 0 && (third == 0 || third == 2))
                && !(first == 192 && second == 88 && third == 99)
                && !(first == 198 && (second == 18 || second == 19))
                && !(first == 198 && second == 51 && third == 100)
                && !(first == 203 && second == 0 && third == 113);
    }

    private static boolean isPublicV6(byte[] address) {
        int first = word(address, 0);
        int second = word(address, 2);
        boolean inUse = (first & 0xe000) == 0x2000;
        // 2001::/23 has Teredo and other protocols, 2001:db8::/32 and 3fff::/20 are for documentation, and 2002::/16
        // has IPv4 addresses of any kind.
        boolean special = (first == 0x2001 && (second < 0x0200 || second == 0x0db8))
                || first == 0x2002
                || (first == 0x3fff && second < 0x1000);
        return inUse && !special;
    }

    private static int word(byte[] address, int at) {
        return (address[at] & 0xff) << 8 | (address[at + 1] & 0xff);
    }
}
