package io.renderfleet.distributor;

import static io.renderfleet.distributor.LocalFleet.CALIFORNIA;
import static io.renderfleet.distributor.LocalFleet.EAST;
import static io.renderfleet.distributor.LocalFleet.OREGON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.job.Job;
import io.renderfleet.job.NewJob;
import io.renderfleet.queue.JobMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The whole service against a local AWS: from a message on the master queue to one in a region. */
class DistributorIT {
    private static LocalFleet fleet;

    @BeforeAll
    static void start() {
        fleet = new LocalFleet();
        fleet.distributor();
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    @Test
    void sendsAJobToTheRegionThatItsRouteNames() {
        NewJob job = fleet.submit();

        List<JobMessage> arrived = new ArrayList<>();
        await().untilAsserted(() -> {
            Stream.of(EAST, OREGON, CALIFORNIA).forEach(region -> arrived.addAll(fleet.workOff(region)));
            assertThat(arrived).isNotEmpty();
        });
        Job routed = fleet.jobs().find(job.id()).orElseThrow();
        assertThat(arrived).containsExactly(LocalFleet.message(job).withRouteEpoch(1));
        assertThat(routed.routeEpoch()).isEqualTo(1);
        assertThat(routed.region()).isNotNull();
        await().untilAsserted(() -> assertThat(fleet.master().depth().total()).isZero());
    }
}
