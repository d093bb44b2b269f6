package io.renderfleet.api.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.completion.CompletionListener;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.UserId;
import io.renderfleet.queue.CompletionQueue.Received;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventDispatchTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.000Z");

    private final List<String> calls = new ArrayList<>();
    private boolean alertsFail;
    private final EventDispatch dispatch = new EventDispatch(List.of(listener("alerts"), listener("live")));

    private CompletionListener listener(String name) {
        return new CompletionListener() {
            @Override
            public String sink() {
                return name;
            }

            @Override
            public void completed(CompletionEvent event) {
                calls.add(name + " " + event.eventId());
                if (alertsFail && name.equals("alerts")) {
                    throw new IllegalStateException("SNS does not respond");
                }
            }
        };
    }

    private static Received message(String eventId, String... sinks) {
        CompletionEvent event = new CompletionEvent(
                CompletionEvent.VERSION,
                eventId,
                Set.of(sinks),
                JobId.random(),
                new UserId("user-1"),
                new JobTypeName("inference"),
                JobStatus.COMPLETED,
                NOW,
                NOW,
                1,
                Map.of(),
                null,
                null);
        return new Received(eventId, event.toJson(), "receipt", 1);
    }

    @Test
    void givesEachEventToTheListenersOfItsSinksAndToTheLiveStreamFirst() {
        Received both = message("1", "live", "alerts");
        Received live = message("2", "live");

        assertThat(dispatch.handle(List.of(both, live))).containsExactly(both, live);
        assertThat(calls).containsExactly("live 1", "live 2", "alerts 1");
    }

    @Test
    void repeatsAnEventOnlyForTheListenerThatFailed() {
        Received first = message("1", "live", "alerts");
        Received second = message("2", "live");
        alertsFail = true;
        assertThat(dispatch.handle(List.of(first, second))).containsExactly(second);

        alertsFail = false;
        calls.clear();
        assertThat(dispatch.handle(List.of(first))).containsExactly(first);
        assertThat(calls).containsExactly("alerts 1");
    }

    @Test
    void dropsACopyOfAnEvent() {
        dispatch.handle(List.of(message("1", "live")));
        Received copy = message("1", "live");

        assertThat(dispatch.handle(List.of(copy))).containsExactly(copy);
        assertThat(calls).containsExactly("live 1");
    }

    @Test
    void leavesWhatIsNoEventToTheDeadLetters() {
        Received newer =
                new Received("m", message("1", "live").body().replace("\"version\":1", "\"version\":2"), "receipt", 1);
        Received good = message("2", "live");

        assertThat(dispatch.handle(List.of(new Received("m", "{", "receipt", 1), newer, good)))
                .containsExactly(good);
        assertThat(calls).containsExactly("live 2");
    }
}
