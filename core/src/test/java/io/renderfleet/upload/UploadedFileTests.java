package io.renderfleet.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class UploadedFileTests {
    private static final DataSize LIMIT = DataSize.ofKilobytes(100);
    private static final DataSize ENOUGH = DataSize.ofMegabytes(1);

    @Test
    void isGoneOnceClosed() throws IOException {
        byte[] body = new byte[Math.toIntExact(LIMIT.toBytes())];
        Path path;
        try (UploadedFile file = UploadedFile.receive(new ByteArrayInputStream(body), LIMIT, reservation(ENOUGH))) {
            path = file.path();
            assertThat(path).hasSize(body.length);
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void stopsReadingAtTheLimit() {
        Endless body = new Endless();

        assertRefused(body, ENOUGH, ProblemType.BODY_TOO_LARGE);
        assertThat(body.read).isLessThan(2 * LIMIT.toBytes());
    }

    @Test
    void stopsReadingWhenThereIsNoRoomOnDisk() {
        Endless body = new Endless();

        assertRefused(body, DataSize.ofKilobytes(1), ProblemType.BUSY);
        assertThat(body.read).isLessThan(LIMIT.toBytes());
    }

    @Test
    void refusesABodyThatBreaksOff() throws IOException {
        InputStream broken = InputStream.nullInputStream();
        broken.close();

        assertRefused(broken, ENOUGH, ProblemType.INVALID_REQUEST);
    }

    @Test
    void deletesWhatAKilledProcessLeftAndNothingNewer(@TempDir Path directory) throws IOException {
        Path left = Files.createFile(directory.resolve("renderfleet-upload-1.part"));
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Path receiving = Files.createFile(directory.resolve("renderfleet-upload-2.part"));

        UploadedFile.deleteLeft(directory);

        assertThat(left).doesNotExist();
        assertThat(receiving).exists();
    }

    private static void assertRefused(InputStream body, DataSize disk, ProblemType type) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> UploadedFile.receive(body, LIMIT, reservation(disk)))
                .satisfies(e -> assertThat(e.type()).isEqualTo(type));
    }

    private static UploadCapacity.Reservation reservation(DataSize disk) {
        return new UploadCapacity(new UploadLimits(DataSize.ofBytes(1), disk, 2, Duration.ofHours(1)), System::nanoTime)
                .enter(-1);
    }

    /** A client that never stops sending. */
    private static final class Endless extends InputStream {
        private long read;

        @Override
        public int read() {
            read++;
            return 0;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            read += length;
            return length;
        }
    }
}
