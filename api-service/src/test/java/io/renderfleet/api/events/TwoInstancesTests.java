package io.renderfleet.api.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.completion.LiveFeed;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two instances of the API compete for the events, and both push all of them. */
class TwoInstancesTests {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static LocalAws aws;
    private static EventServer one;
    private static EventServer two;

    @BeforeAll
    static void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        one = EventServer.start(aws);
        two = EventServer.start(aws);
    }

    @AfterAll
    static void stop() {
        two.close();
        one.close();
        aws.close();
    }

    @Test
    void eachInstancePushesTheEventsThatTheOtherReceived() throws Exception {
        LiveEvents first = one.bean(LiveEvents.class);
        try (SseClient atOne = SseClient.connect(one.port(), "/events/stream");
                SseClient atTwo = SseClient.connect(two.port(), "/events/stream")) {
            // Until the other instance knows that this one has listeners.
            await().atMost(LIMIT).until(() -> {
                first.completed(EventServer.event("warm-up", "{}"));
                return !atTwo.next(Duration.ofMillis(500)).isEmpty();
            });
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                sent.add(one.send("camera-" + i, "{\"i\": " + i + "}"));
            }

            assertThat(received(atOne, sent.size())).containsExactlyInAnyOrderElementsOf(sent);
            assertThat(received(atTwo, sent.size())).containsExactlyInAnyOrderElementsOf(sent);
        }
    }

    /** The ids of the events that are not of the warm-up; each must come once. */
    private static List<String> received(SseClient client, int count) throws InterruptedException {
        List<String> ids = new ArrayList<>();
        while (ids.size() < count) {
            Map<String, String> event = client.next();
            if (!event.getOrDefault("data", "").contains("warm-up")) {
                ids.add(event.getOrDefault("id", ""));
            }
        }
        assertThat(new HashSet<>(ids)).hasSize(count);
        return ids;
    }

    @Test
    void anEventIsWrittenOnlyWhileAnotherInstanceHasListeners() throws Exception {
        CompletionEvent event = EventServer.event("camera-1", "{}");
        try (LocalAws other = LocalAws.start(LocalAwsOptions.onFreePorts());
                EventServer single = EventServer.start(other)) {
            LiveFeed own = single.bean(LiveFeed.class);
            FeedExchange exchange = new FeedExchange(own);
            exchange.write(event);
            exchange.announce();
            exchange.write(event);
            assertThat(own.directory().writers()).isEmpty();
            assertThat(own.directory().listeners()).hasSize(1);
        }
    }
}
