package io.renderfleet.api.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples and the grammar of RFC 7240. */
class PreferencesTests {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wait=10 | 10",
                "WAIT = 10 | 10",
                "wait=\"10\" | 10",
                "respond-async, wait=100 | 60",
                "handling=lenient; x=\"a, wait=3\" ;y, wait=5; z=1 | 5",
                ",, , wait=7 | 7",
                "wait=1, wait=9 | 1",
                "wait=0 | 0",
                "foo; bar | -",
                "wait | -",
                "wait= | -",
                "wait=-1 | -",
                "wait=1.5 | -",
                "wait=9999999999999999999999 | -",
                "wait=ten, wait=5 | -",
                "await=5 | -",
                "foo=\"unterminated, wait=5 | -",
                "(), wait=5 | -"
            })
    void readsTheFirstWait(String header, String seconds) {
        assertThat(Preferences.waitOf(Collections.enumeration(Arrays.asList(header)))
                        .map(Duration::toSeconds)
                        .map(String::valueOf)
                        .orElse("-"))
                .isEqualTo(seconds);
    }

    @Test
    void readsSeveralHeaders() {
        assertThat(Preferences.waitOf(
                        Collections.enumeration(Arrays.asList("a=\"", "respond-async", "wait=4, wait=5"))))
                .contains(Duration.ofSeconds(4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a;", "a=\"\\", " ,", "a=b ;"})
    void needsNoLongTimeAndNoDeepStackForALongHeader(String part) {
        for (int length : new int[] {990, 8000}) {
            String header = part.repeat(length / part.length());
            long before = System.nanoTime();
            assertThat(Preferences.waitOf(Collections.enumeration(Arrays.asList(header))))
                    .isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        }
    }
}
