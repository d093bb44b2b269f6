package io.renderfleet.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class UploadCapacityTests {
    private static final int PLACES = 4;

    private final AtomicLong time = new AtomicLong();
    /** Four reservations, two of them for long uploads; 250 bytes of disk, 150 of them for long uploads. */
    private final UploadCapacity capacity = new UploadCapacity(limits(100, 250), time::get);

    @Test
    void refusesMoreUploadsThanThereArePlaces() {
        List<UploadCapacity.Reservation> reservations = enter(PLACES);

        assertBusy(() -> capacity.enter(-1));
        reservations.getFirst().close();
        reservations.getFirst().close();

        capacity.enter(-1);
        assertBusy(() -> capacity.enter(-1));
    }

    @Test
    void keepsPlacesForUploadsThatAreNotLong() {
        List<UploadCapacity.Reservation> reservations = enter(PLACES);
        time.set(Duration.ofSeconds(10).toNanos());

        reservations.get(0).grow(1);
        reservations.get(1).grow(1);

        assertBusy(() -> reservations.get(2).grow(1));
        reservations.get(2).close();
        capacity.enter(1).grow(1);
        reservations.get(0).close();
        reservations.get(3).grow(1);
    }

    @Test
    void keepsDiskForUploadsThatAreNotLong() {
        UploadCapacity.Reservation slow = capacity.enter(-1);
        slow.grow(100);
        UploadCapacity.Reservation slower = capacity.enter(-1);
        time.set(Duration.ofSeconds(10).toNanos());
        slow.grow(0);
        slower.grow(50);

        assertBusy(() -> slower.grow(1));

        capacity.enter(100).grow(100);
    }

    @Test
    void boundsTheDiskOfAllUploads() {
        UploadCapacity.Reservation first = capacity.enter(-1);
        first.grow(100);
        UploadCapacity.Reservation second = capacity.enter(-1);
        second.grow(100);
        UploadCapacity.Reservation third = capacity.enter(-1);
        third.grow(50);

        assertBusy(() -> third.grow(1));
        assertBusy(() -> capacity.enter(1));
        first.close();

        third.grow(50);
        assertThat(capacity.enter(50)).isNotNull();
    }

    @Test
    void needsDiskForTwoOfTheLargestFiles() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limits(100, 199))
                .withMessageContaining("twice the largest upload");
    }

    private List<UploadCapacity.Reservation> enter(int count) {
        List<UploadCapacity.Reservation> reservations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reservations.add(capacity.enter(-1));
        }
        return reservations;
    }

    private static void assertBusy(ThrowingCallable call) {
        assertThatExceptionOfType(ProblemException.class).isThrownBy(call).satisfies(e -> {
            assertThat(e.type()).isEqualTo(ProblemType.BUSY);
            assertThat(e.retryAfter()).isNotNull();
        });
    }

    private static UploadLimits limits(long maxUpload, long disk) {
        return new UploadLimits(DataSize.ofBytes(maxUpload), DataSize.ofBytes(disk), PLACES, Duration.ofSeconds(10));
    }
}
