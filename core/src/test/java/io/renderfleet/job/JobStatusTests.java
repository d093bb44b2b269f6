package io.renderfleet.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobStatusTests {

    @ParameterizedTest
    @CsvSource({
        "PENDING, 'PROCESSING,CANCELLED,FAILED'",
        "PROCESSING, 'PENDING,PROCESSING,COMPLETED,FAILED,CANCELLED'",
        "COMPLETED, ''",
        "FAILED, PENDING",
        "CANCELLED, PENDING",
    })
    void movesOnlyAlongTheDiagram(JobStatus from, String allowed) {
        for (JobStatus to : JobStatus.values()) {
            assertThat(from.canBecome(to))
                    .as("%s to %s", from, to)
                    .isEqualTo(List.of(allowed.split(",")).contains(to.name()));
        }
    }

    @Property
    void nothingRunsStraightFromATerminalStatus(@ForAll JobStatus from) {
        assertThat(from.isTerminal()).isEqualTo(!from.canBecome(JobStatus.PROCESSING));
    }
}
