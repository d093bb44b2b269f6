package io.renderfleet.browser;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.localissuer.LocalIssuer;
import io.renderfleet.standalone.FakeModels;
import io.renderfleet.standalone.Fleet;
import io.renderfleet.standalone.FleetPorts;
import io.renderfleet.standalone.ServiceLogs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The whole product as {@code make up AUTH=1} starts it, on free ports. */
final class PageFleet implements AutoCloseable {
    private final LocalAws aws;
    private final FakeModels models;
    private final LocalIssuer issuer;
    private final Fleet fleet;

    PageFleet() {
        ServiceLogs.toOnePlace();
        aws = LocalAws.start(LocalAwsOptions.onFreePorts().withPools(Fleet.POOLS));
        aws.putSamples();
        models = FakeModels.start(FleetPorts.free());
        issuer = LocalIssuer.start(InetAddress.getLoopbackAddress(), 0, null, LocalIssuer.LOCAL_PAGES);
        Map<String, String> settings = new LinkedHashMap<>(models.settings());
        settings.put("renderfleet.identity.issuer", issuer.issuer().toString());
        settings.put("renderfleet.page.client-id", LocalIssuer.PAGE);
        settings.put("renderfleet.worker.grace", "0s");
        settings.put("renderfleet.distributor.intake.grace", "0s");
        settings.put("renderfleet.api.master-queue.send-timeout", "20s");
        fleet = Fleet.start(aws, FleetPorts.free(), settings);
        aws.startDrawingSamples();
    }

    URI page() {
        return fleet.api().resolve("/");
    }

    /** The origins of which a browser may load something. */
    List<String> origins() {
        List<String> origins = new ArrayList<>();
        URI s3 = aws.endpoints().s3();
        origins.add(s3.getScheme() + "://" + s3.getAuthority());
        origins.add(issuer.issuer().toString());
        origins.add(fleet.api().toString());
        return origins;
    }

    /** A token of a program with the role of a user. */
    String token() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(issuer.issuer().resolve("/oauth2/token"))
                    .timeout(Duration.ofSeconds(30))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("grant_type=client_credentials&client_id=" + LocalIssuer.MACHINE
                            + "&client_secret=" + LocalIssuer.MACHINE))
                    .build();
            return new ObjectMapper()
                    .readTree(client.send(request, BodyHandlers.ofString()).body())
                    .path("access_token")
                    .asText();
        }
    }

    @Override
    public void close() {
        fleet.close();
        issuer.close();
        models.close();
        aws.close();
    }
}
