package io.renderfleet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineTests {

    @Test
    void readsThePeakOfResidentMemory() {
        assertThat(Machine.residentPeak(List.of("VmPeak:\t 99999 kB", "VmHWM:\t  2048 kB", "VmRSS:\t 1024 kB")))
                .hasValue(2);
    }

    @Test
    void hasNoPeakWhereTheSystemDoesNotTell() {
        assertThat(Machine.residentPeak(List.of("Name:\tjava"))).isEmpty();
    }
}
