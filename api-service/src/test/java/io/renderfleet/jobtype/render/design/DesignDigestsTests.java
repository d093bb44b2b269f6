package io.renderfleet.jobtype.render.design;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.util.unit.DataSize;

@ApiTest
class DesignDigestsTests {
    @Autowired
    DesignStore store;

    @Autowired
    ApiFixture fixture;

    private final DesignId id = new DesignId("digest-" + UUID.randomUUID());

    @Test
    void remembersWhatANameStandsForAndIsToldOfUploads() throws Exception {
        DesignDigests digests = digests(Duration.ofHours(1));
        Design first = fixture.storeDesign(id.value(), "first");
        assertThat(digests.find(id)).contains(first.digest());

        Design second = fixture.storeDesign(id.value(), "second");
        assertThat(digests.find(id)).contains(first.digest());

        digests.stored(second);
        assertThat(digests.find(id)).contains(second.digest());
    }

    @Test
    void doesNotRememberThatThereIsNothing() throws Exception {
        DesignDigests digests = digests(Duration.ofHours(1));
        assertThat(digests.find(id)).isEmpty();

        Design stored = fixture.storeDesign(id.value(), "here now");

        assertThat(digests.find(id)).contains(stored.digest());
    }

    private DesignDigests digests(Duration ttl) {
        return new DesignDigests(
                store,
                new DesignSettings(
                        ttl, 10, DataSize.ofMegabytes(64), Duration.ofMinutes(1), 1, 1, Duration.ofSeconds(1)));
    }
}
