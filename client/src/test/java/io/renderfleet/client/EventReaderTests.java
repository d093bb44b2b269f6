package io.renderfleet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventReaderTests {
    @Test
    void readsEventsUntilTheStreamEnds() throws IOException, InterruptedException {
        try (FakeApi api = new FakeApi();
                RenderfleetClient client = RenderfleetClient.of(api.address())) {
            api.answers(200, """
                    : a comment

                    event: alert
                    id: 7
                    data: {"a":
                    data: 1}

                    data: {}

                    event: incomplete
                    data: {}""");
            List<LiveEvent> events = new ArrayList<>();

            client.followAlerts("6", events::add);

            assertThat(events)
                    .containsExactly(new LiveEvent("alert", "7", "{\"a\":\n1}"), new LiveEvent("message", "7", "{}"));
            assertThat(api.received().getFirst().header("Last-event-id")).isEqualTo("6");
        }
    }

    @Test
    void endsWhenTheListenerHasEnough() throws IOException, InterruptedException {
        try (FakeApi api = new FakeApi();
                RenderfleetClient client = RenderfleetClient.of(api.address())) {
            api.answers(200, "data: 1\n\ndata: 2\n\n");
            List<String> data = new ArrayList<>();

            client.followResults(Set.of("camera 1"), event -> {
                data.add(event.data());
                return false;
            });

            assertThat(data).containsExactly("1");
            assertThat(api.received().getFirst().path()).isEqualTo("/events/stream?cameraId=camera%201");
        }
    }

    @Test
    void throwsTheProblemOfARefusedStream() throws IOException {
        try (FakeApi api = new FakeApi();
                RenderfleetClient client = RenderfleetClient.of(api.address())) {
            api.answers(400, "{\"title\": \"Not valid\"}");

            assertThatExceptionOfType(ProblemException.class)
                    .isThrownBy(() -> client.followResults(Set.of(), event -> true))
                    .satisfies(e -> assertThat(e.title()).contains("Not valid"));
        }
    }
}
