package io.renderfleet.jobtype.render.design;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.upload.UploadCapacity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Validates uploaded files, and draws their thumbnails, in processes of their own, which are started before they are needed. A process that exceeds a
 * limit is killed and replaced, and its file is refused. A process that ends for another reason is replaced too, and its
 * file is validated once more, because the system may have killed the process.
 *
 * <p>Thread-safe. The order of the callers is the order of the validations.
 */
final class DesignValidator implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DesignValidator.class);
    private static final int TRIES = 2;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private final InspectionSettings settings;
    private final MeterRegistry registry;
    private final Start start;
    private final Semaphore turns;

    /** The processes that are not in use: one for each free turn. */
    private final Deque<CompletableFuture<ValidationProcess>> idle = new ArrayDeque<>();

    private boolean closed;

    /** Starts a process that can validate files. */
    @FunctionalInterface
    interface Start {
        ValidationProcess start() throws IOException;
    }

    DesignValidator(InspectionSettings settings, MeterRegistry registry) {
        this(settings, registry, () -> ValidationProcess.start(settings, ValidationCommand.of(settings)));
    }

    DesignValidator(InspectionSettings settings, MeterRegistry registry, Start start) {
        this.settings = settings;
        this.start = start;
        this.registry = registry;
        this.turns = new Semaphore(settings.processes(), true);
        for (int process = 0; process < settings.processes(); process++) {
            idle.addLast(start());
        }
    }

    /**
     * Validates a file.
     *
     * @throws ProblemException if the file is refused, or cannot be validated now
     */
    Design.Contents validate(Path file) {
        try {
            if (!turns.tryAcquire(settings.maxWait().toNanos(), TimeUnit.NANOSECONDS)) {
                throw UploadCapacity.busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UploadCapacity.busy();
        }
        CompletableFuture<ValidationProcess> process = take();
        long started = System.nanoTime();
        String outcome = "failed";
        try {
            for (int tries = 1; ; tries++) {
                ValidationProcess running = ready(process);
                try {
                    ValidationAnswer answer = running.validate(file);
                    outcome = answer.contents() == null ? "invalid" : "valid";
                    return contents(answer);
                } catch (ValidationProcess.EndedException e) {
                    outcome = e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
                    log.warn("The process that validates designs was ended and is replaced: {}", e.getMessage());
                    process = start();
                    if (Thread.currentThread().isInterrupted()) {
                        throw UploadCapacity.busy();
                    }
                    if (e.reason() != ValidationProcess.Cause.CRASHED || tries == TRIES) {
                        throw refused(e.reason());
                    }
                }
            }
        } finally {
            Timer.builder(FleetMetric.RENDER_VALIDATION.metricName())
                    .description(FleetMetric.RENDER_VALIDATION.description())
                    .tag("outcome", outcome)
                    .register(registry)
                    .record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
            giveBack(process);
            turns.release();
        }
    }

    /**
     * Draws the thumbnail of a valid file. Takes at most three times {@link InspectionSettings#thumbnailTime} and a
     * second: for its turn, for a process that is being started, for the picture, and to end a process that does not stop
     * by itself. Whatever goes wrong, there is no thumbnail, and the process is replaced if
     * it ended.
     */
    Optional<byte[]> draw(Path file) {
        long time = settings.thumbnailTime().toNanos();
        try {
            if (time == 0 || !turns.tryAcquire(time, TimeUnit.NANOSECONDS)) {
                return Optional.empty();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        CompletableFuture<ValidationProcess> process = take();
        try {
            return process.get(time, TimeUnit.NANOSECONDS).draw(file, settings.thumbnailTime());
        } catch (ValidationProcess.EndedException e) {
            log.warn("The process that drew a thumbnail was ended and is replaced: {}", e.getMessage());
            process = start();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            log.debug("No process was ready to draw a thumbnail: {}", e.toString());
        } finally {
            giveBack(process);
            turns.release();
        }
        return Optional.empty();
    }

    private ValidationProcess ready(CompletableFuture<ValidationProcess> process) {
        try {
            return process.get(settings.maxWait().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UploadCapacity.busy();
        } catch (TimeoutException | ExecutionException e) {
            throw ProblemException.unavailable(
                    ProblemType.BUSY,
                    "Designs cannot be validated at the moment. Send the file again after the time in the Retry-After"
                            + " header.",
                    RETRY_AFTER,
                    e);
        }
    }

    private static Design.Contents contents(ValidationAnswer answer) {
        if (answer.contents() == null) {
            throw ProblemException.of(
                    DesignProblems.invalid(Objects.requireNonNullElse(answer.code(), "not-gltf")),
                    Objects.requireNonNullElse(answer.message(), "The file is not a valid glTF 2.0 file."));
        }
        return answer.contents();
    }

    private ProblemException refused(ValidationProcess.Cause cause) {
        return switch (cause) {
            case TOO_SLOW ->
                ProblemException.of(
                        DesignProblems.invalid("design-too-slow"),
                        "Validating the design takes longer than "
                                + settings.timeout().toSeconds()
                                + " seconds; export it with fewer vertices, instances and images.");
            case TOO_LARGE ->
                ProblemException.of(
                        DesignProblems.invalid("design-too-large"),
                        "Validating the design takes more than the "
                                + settings.memory().toMegabytes()
                                + " MiB of memory that there are for it; export it as .glb, with smaller textures and"
                                + " fewer triangles, or ask the operator for more memory.");
            case CRASHED ->
                ProblemException.of(
                        DesignProblems.invalid("validation-failed"),
                        "The design could not be validated: the process that reads it ended twice. Export it again, and"
                                + " report the file to the operator if that does not help.");
        };
    }

    /** A process that lives, or is being started. */
    private CompletableFuture<ValidationProcess> take() {
        CompletableFuture<ValidationProcess> next;
        synchronized (idle) {
            next = idle.removeFirst();
        }
        if (!next.isDone()) {
            return next;
        }
        if (!next.isCompletedExceptionally()) {
            if (next.join().isAlive()) {
                return next;
            }
            log.warn("The process that validates designs ended while it was idle, and is replaced");
        }
        return start();
    }

    private void giveBack(CompletableFuture<ValidationProcess> process) {
        synchronized (idle) {
            if (!closed) {
                idle.addLast(process);
                return;
            }
        }
        close(process);
    }

    private CompletableFuture<ValidationProcess> start() {
        CompletableFuture<ValidationProcess> started = new CompletableFuture<>();
        Thread.ofVirtual().name("validation-start").start(() -> {
            try {
                started.complete(start.start());
            } catch (IOException | RuntimeException | Error e) {
                log.error(
                        "Cannot start the process that validates designs; uploads get 503 until it can be started: {}",
                        e.getMessage());
                started.completeExceptionally(e);
            }
        });
        return started;
    }

    private static void close(CompletableFuture<ValidationProcess> process) {
        var _ = process.thenAccept(ValidationProcess::close);
    }

    /** Ends the processes. */
    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
            idle.forEach(DesignValidator::close);
            idle.clear();
        }
    }
}
