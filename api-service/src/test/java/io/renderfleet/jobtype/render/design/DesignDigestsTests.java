package io.renderfleet.jobtype.render.design;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.identity.Library;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.core.exception.SdkClientException;

@ApiTest
class DesignDigestsTests {
    @Autowired
    DesignStore store;

    @Autowired
    ApiFixture fixture;

    private final DesignId id = new DesignId("digest-" + UUID.randomUUID());

    @Test
    void remembersTheDigestOfANameAndNoticesUploads() throws Exception {
        DesignDigests digests = digests(Duration.ofHours(1));
        Design first = fixture.storeDesign(id.value(), "first");
        assertThat(digests.find(Library.SHARED, id)).contains(first.digest());

        Design second = fixture.storeDesign(id.value(), "second");
        assertThat(digests.find(Library.SHARED, id)).contains(first.digest());

        digests.stored(Library.SHARED, second);
        assertThat(digests.find(Library.SHARED, id)).contains(second.digest());
    }

    @Test
    void doesNotRememberThatThereIsNothing() throws Exception {
        DesignDigests digests = digests(Duration.ofHours(1));
        assertThat(digests.find(Library.SHARED, id)).isEmpty();

        Design stored = fixture.storeDesign(id.value(), "here now");

        assertThat(digests.find(Library.SHARED, id)).contains(stored.digest());
    }

    @Test
    void aLookUpThatHangsKeepsNoOtherNameWaitingAndEndsWithItsLimit() throws Exception {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CountDownLatch hanging = new CountDownLatch(1);
        try (DesignDigests digests = new DesignDigests(
                name -> {
                    if (name.id().equals(id)) {
                        hanging.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            interrupted.complete(true);
                            Thread.currentThread().interrupt();
                        }
                    }
                    return Optional.of("digest of " + name.id());
                },
                Duration.ofSeconds(5),
                settings(Duration.ofHours(1)))) {
            CompletableFuture<Optional<String>> hung = CompletableFuture.supplyAsync(
                    () -> digests.find(Library.SHARED, id),
                    command -> Thread.ofVirtual().start(command));
            assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();

            // Enough names that some share a bin of the cache's table with the one that hangs.
            for (int i = 0; i < 500; i++) {
                assertThat(digests.find(Library.SHARED, new DesignId("other-" + i)))
                        .contains("digest of other-" + i);
            }

            assertThat(hung).isNotDone();
            assertThat(hung)
                    .failsWithin(20, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(SdkClientException.class);
            assertThat(interrupted).succeedsWithin(10, TimeUnit.SECONDS);
        }
    }

    private DesignDigests digests(Duration ttl) {
        return new DesignDigests(store, settings(ttl));
    }

    private static DesignSettings settings(Duration ttl) {
        return new DesignSettings(
                ttl,
                10,
                DataSize.ofMegabytes(64),
                DataSize.ofMegabytes(128),
                2,
                Duration.ofSeconds(10),
                2,
                Duration.ofSeconds(1),
                DataSize.ofKilobytes(64));
    }
}
