package io.renderfleet.api.events;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiServiceApplication;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.completion.CompletionSinks;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.UserId;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.queue.JobQueues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.context.ConfigurableApplicationContext;

/** An instance of the API as it is started, on a port of its own. */
public final class EventServer implements AutoCloseable {
    private static final AtomicLong EVENTS = new AtomicLong();

    private final ConfigurableApplicationContext context;

    private EventServer(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /**
     * Starts an instance.
     *
     * @param settings each {@code name=value}
     */
    public static EventServer start(LocalAws aws, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--management.server.port=0"));
        aws.serviceProperties().forEach((name, value) -> arguments.add("--" + name + "=" + value));
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        return new EventServer(ApiServiceApplication.create().run(arguments.toArray(String[]::new)));
    }

    public int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Sends an event as a worker does; its id. */
    public String send(String camera, String result) throws Exception {
        CompletionEvent event = event(camera, result);
        send(event);
        return event.eventId();
    }

    /** Sends an event, or another copy of it. */
    public void send(CompletionEvent event) throws Exception {
        context.getBean(JobQueues.class).completions().send(event.toJson()).get(10, TimeUnit.SECONDS);
    }

    /** An event of a camera whose result is this JSON. */
    public static CompletionEvent event(String camera, String result) throws Exception {
        JobId id = JobId.random();
        return new CompletionEvent(
                CompletionEvent.VERSION,
                id + "-" + EVENTS.incrementAndGet(),
                CompletionSinks.OF_API,
                id,
                new UserId("user-1"),
                new JobTypeName("inference"),
                JobStatus.COMPLETED,
                Instant.now(),
                Instant.now(),
                1,
                Map.of("cameraId", camera),
                new ObjectMapper().readTree(result),
                null);
    }

    /** Stops the instance. */
    public void stop() {
        context.close();
    }

    @Override
    public void close() {
        stop();
    }
}
