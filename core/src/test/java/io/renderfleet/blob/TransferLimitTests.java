package io.renderfleet.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TransferLimitTests {
    @Test
    void anUploadHasTheTimeOfAnOrdinaryCallAndASecondForEachMebibyte() {
        assertThat(TransferLimit.of(0)).isEqualTo(Duration.ofSeconds(5));
        assertThat(TransferLimit.of(1)).isEqualTo(Duration.ofMillis(5001));
        assertThat(TransferLimit.of(64L << 20)).isEqualTo(Duration.ofSeconds(69));
        assertThat(TransferLimit.of(5L << 30)).isEqualTo(Duration.ofSeconds(5125));
    }
}
