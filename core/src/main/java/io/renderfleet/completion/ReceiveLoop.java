package io.renderfleet.completion;

import io.renderfleet.queue.CompletionQueue;
import io.renderfleet.queue.CompletionQueue.Poll;
import io.renderfleet.queue.CompletionQueue.Received;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Receives messages about ended jobs with long polls, and handles them on threads of their own, so that slow ones do not
 * delay the next. A failed receipt is repeated after two seconds; {@link LoopHealth} sees if the loop hangs or has ended. A
 * stop ends the open poll, and waits up to ten seconds for the loop and for what is being handled.
 */
public abstract class ReceiveLoop implements SmartLifecycle {
    /** How long one receipt waits for messages, and how long the loop waits for room for them. */
    private static final Duration LONG_POLL = Duration.ofSeconds(20);

    private static final Duration LONGEST_TURN = Duration.ofMinutes(3);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    /** The most messages of one receipt. */
    private static final int MOST_OF_A_RECEIPT = 10;

    private final Logger log = LoggerFactory.getLogger(getClass());
    private final String name;
    private final String what;
    private final CompletionQueue queue;
    private final Duration visibility;
    private final Unit unit;
    private final int most;
    private final Semaphore room;
    private final LoopHealth health;
    private volatile boolean running;
    private volatile @Nullable Thread loop;
    private volatile @Nullable Poll poll;

    /** What is handled together on one thread. */
    public enum Unit {
        /** All messages of a receipt. */
        RECEIPT,
        /** Each message alone. */
        MESSAGE
    }

    /**
     * @param name the name of the loop in the health of the service, and of its threads
     * @param what the plural of what is received, as the beginning of a sentence in the log
     * @param visibility when a message that was not deleted is received again; longer than handling it takes
     * @param most the most units that are handled at a time
     */
    protected ReceiveLoop(
            String name,
            String what,
            CompletionQueue queue,
            Duration visibility,
            Unit unit,
            int most,
            LoopHealth health) {
        this.name = name;
        this.what = what;
        this.queue = queue;
        this.visibility = visibility;
        this.unit = unit;
        this.most = most;
        this.room = new Semaphore(most);
        this.health = health;
    }

    /** Handles the messages of a unit, and deletes those that need not be received again. */
    protected abstract void handle(List<Received> messages);

    /** Called each time that there was no room for a receipt for 20 seconds. */
    protected void full() {}

    /** The queue of the messages. */
    protected final CompletionQueue queue() {
        return queue;
    }

    @Override
    public final void start() {
        // Before the thread starts, which ends when this is false.
        running = true;
        loop = Thread.ofVirtual().name(name).start(this::loop);
    }

    private void loop() {
        boolean failing = false;
        try {
            while (running) {
                try {
                    health.turn(name, LONGEST_TURN);
                    receive();
                    failing = false;
                } catch (RuntimeException | Error e) {
                    // Errors too: a service without this loop would seem alive and do nothing.
                    if (!failing && running) {
                        log.warn("{} cannot be received; trying again: {}", what, e.toString());
                    }
                    failing = true;
                    Thread.sleep(AFTER_FAILURE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            health.ended(name);
        }
    }

    private void receive() throws InterruptedException {
        int reserved = unit == Unit.RECEIPT ? 1 : MOST_OF_A_RECEIPT;
        if (!room.tryAcquire(reserved, LONG_POLL.toSeconds(), TimeUnit.SECONDS)) {
            full();
            return;
        }
        List<List<Received>> units = List.of();
        try {
            Poll started = queue.receive(LONG_POLL, visibility);
            poll = started;
            if (!running) {
                started.close();
            }
            units = units(started.await());
        } finally {
            poll = null;
            room.release(reserved - units.size());
        }
        for (List<Received> messages : units) {
            Thread.ofVirtual()
                    .name(name + "-" + messages.getFirst().messageId())
                    .start(() -> {
                        try {
                            handle(messages);
                        } finally {
                            room.release();
                        }
                    });
        }
    }

    private List<List<Received>> units(List<Received> received) {
        if (unit == Unit.MESSAGE) {
            return received.stream().map(List::of).toList();
        }
        return received.isEmpty() ? List.of() : List.of(received);
    }

    @Override
    public final void stop() {
        running = false;
        Thread started = loop;
        Poll open = poll;
        if (open != null) {
            open.close();
        }
        try {
            if (started != null) {
                started.interrupt();
                started.join(STOP_LIMIT);
            }
            if (room.tryAcquire(most, STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                room.release(most);
            } else {
                log.warn("{} were still being handled after {}; they are received again", what, STOP_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public final boolean isRunning() {
        return running;
    }
}
