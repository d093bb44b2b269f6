package io.renderfleet.jobtype.render.design;

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

class UploadRoomTests {
    private static final int PLACES = 4;

    private final AtomicLong time = new AtomicLong();
    /** Four places, two of them for long uploads; 250 bytes of disk, 150 of them for long uploads. */
    private final UploadRoom room = new UploadRoom(settings(100, 250), time::get);

    @Test
    void refusesMoreUploadsThanThereArePlaces() {
        List<UploadRoom.Place> places = enter(PLACES);

        assertBusy(() -> room.enter(-1));
        places.getFirst().close();
        places.getFirst().close();

        room.enter(-1);
        assertBusy(() -> room.enter(-1));
    }

    @Test
    void keepsPlacesForUploadsThatAreNotLong() {
        List<UploadRoom.Place> places = enter(PLACES);
        time.set(Duration.ofSeconds(10).toNanos());

        places.get(0).grow(1);
        places.get(1).grow(1);

        assertBusy(() -> places.get(2).grow(1));
        places.get(2).close();
        room.enter(1).grow(1);
        places.get(0).close();
        places.get(3).grow(1);
    }

    @Test
    void keepsDiskForUploadsThatAreNotLong() {
        UploadRoom.Place slow = room.enter(-1);
        slow.grow(100);
        UploadRoom.Place slower = room.enter(-1);
        time.set(Duration.ofSeconds(10).toNanos());
        slow.grow(0);
        slower.grow(50);

        assertBusy(() -> slower.grow(1));

        room.enter(100).grow(100);
    }

    @Test
    void boundsTheDiskOfAllUploads() {
        UploadRoom.Place first = room.enter(-1);
        first.grow(100);
        UploadRoom.Place second = room.enter(-1);
        second.grow(100);
        UploadRoom.Place third = room.enter(-1);
        third.grow(50);

        assertBusy(() -> third.grow(1));
        assertBusy(() -> room.enter(1));
        first.close();

        third.grow(50);
        assertThat(room.enter(50)).isNotNull();
    }

    @Test
    void needsDiskForTwoOfTheLargestFiles() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(100, 199))
                .withMessageContaining("upload-disk");
    }

    private List<UploadRoom.Place> enter(int count) {
        List<UploadRoom.Place> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            places.add(room.enter(-1));
        }
        return places;
    }

    private static void assertBusy(ThrowingCallable call) {
        assertThatExceptionOfType(ProblemException.class).isThrownBy(call).satisfies(e -> {
            assertThat(e.type()).isEqualTo(ProblemType.BUSY);
            assertThat(e.retryAfter()).isNotNull();
        });
    }

    private static DesignSettings settings(long maxUpload, long disk) {
        return new DesignSettings(
                Duration.ofSeconds(1),
                10,
                DataSize.ofBytes(maxUpload),
                DataSize.ofBytes(disk),
                PLACES,
                Duration.ofSeconds(10),
                1,
                Duration.ofSeconds(1));
    }
}
