package io.renderfleet.standalone;

import java.util.Map;

/**
 * The services' ports on loopback.
 *
 * @param documented whether the documented ports are used (API 8080 and 9080, distributor 9081, workers 9082 and
 *     up) or any free ones
 */
public record FleetPorts(boolean documented) {
    private static final int API = 8080;
    private static final int API_MANAGEMENT = 9080;
    private static final int DISTRIBUTOR = 9081;
    private static final int FIRST_WORKER = 9082;

    /** The documented ports. */
    public static FleetPorts usual() {
        return new FleetPorts(true);
    }

    /** Any free ports: several fleets can run side by side. */
    public static FleetPorts free() {
        return new FleetPorts(false);
    }

    Map<String, String> api() {
        return Map.of("server.port", port(API), "management.server.port", port(API_MANAGEMENT));
    }

    Map<String, String> distributor() {
        return Map.of("server.port", port(DISTRIBUTOR));
    }

    Map<String, String> worker(int index) {
        return Map.of("server.port", port(FIRST_WORKER + index));
    }

    private String port(int usual) {
        return Integer.toString(documented ? usual : 0);
    }
}
