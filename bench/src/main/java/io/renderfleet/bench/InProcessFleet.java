package io.renderfleet.bench;

import io.renderfleet.bench.load.TimedClient;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import io.renderfleet.standalone.Fleet;
import io.renderfleet.standalone.FleetPorts;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Local AWS, the services, an API client and access to the stored results, all in this JVM and on free ports. */
record InProcessFleet(LocalAws aws, Fleet fleet, TimedClient client, StoredResults results) implements AutoCloseable {

    /** @param patience how long the client repeats a request while the API responds that it is busy */
    static InProcessFleet start(Duration patience) {
        return start(patience, LocalAwsOptions.onFreePorts(), Map.of());
    }

    /** @param settings further settings of all services */
    static InProcessFleet start(Duration patience, LocalAwsOptions options, Map<String, String> settings) {
        LocalAws aws = LocalAws.start(options);
        try {
            aws.putSamples();
            Map<String, String> all = new HashMap<>(settings);
            all.put("renderfleet.worker.grace", "0s");
            Fleet fleet = Fleet.start(aws, FleetPorts.free(), all);
            return new InProcessFleet(
                    aws,
                    fleet,
                    new TimedClient(fleet.api(), Clock.systemUTC(), patience),
                    new StoredResults(options, aws.endpoints()));
        } catch (RuntimeException e) {
            aws.close();
            throw e;
        }
    }

    /** The messages in all queues, hidden ones included. */
    long messages() {
        JobQueues queues = fleet.distributor().getBean(JobQueues.class);
        long messages = 0;
        FleetSettings settings = fleet.distributor().getBean(FleetSettings.class);
        for (PoolName pool : settings.poolNames()) {
            for (Lane lane : Lane.values()) {
                messages += queues.master(pool, lane).depth().total();
                for (RegionId region : settings.regions()) {
                    messages += queues.regional(region, pool, lane).depth().total();
                }
            }
        }
        return messages;
    }

    @Override
    public void close() {
        results.close();
        client.close();
        fleet.close();
        aws.close();
    }
}
