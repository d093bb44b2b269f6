package io.renderfleet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.renderfleet.start.ServiceStart;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

class StartTests {
    private static FailureAnalysis failure(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--renderfleet.env=test",
                "--renderfleet.home-region=us-east-1",
                "--renderfleet.regions=us-east-1",
                "--server.port=0"));
        arguments.addAll(List.of(more));
        Throwable failure =
                catchThrowable(() -> BridgeServiceApplication.create().run(arguments.toArray(String[]::new)));
        return ServiceStart.explain(failure).orElseThrow();
    }

    @Test
    void withoutBrokersTheBridgeSaysWhatToSet() {
        assertThat(failure("--renderfleet.kafka.api=http://api:8080").getDescription())
                .startsWith("renderfleet.kafka.bootstrap-servers is missing or cannot be used.")
                .contains("a broker is required", "kafka-1:9092,kafka-2:9092")
                .doesNotContain("renderfleet.kafka.api");
    }

    @Test
    void withoutAnApiTheBridgeSaysWhatToSet() {
        assertThat(failure("--renderfleet.kafka.bootstrap-servers=kafka:9092").getDescription())
                .startsWith("renderfleet.kafka.api is missing or cannot be used.")
                .contains("http://api:8080");
    }

    @Test
    void aNameThatNoTopicCanHaveIsRefused() {
        assertThat(failure(
                                "--renderfleet.kafka.bootstrap-servers=kafka:9092",
                                "--renderfleet.kafka.api=http://api:8080",
                                "--renderfleet.kafka.topics.results=no topic")
                        .getDescription())
                .contains("renderfleet.kafka.topics.results cannot be 'no topic'", "must be the name of a topic");
    }
}
