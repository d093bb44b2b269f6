package io.renderfleet.jobtype.inference.batch;

import io.renderfleet.job.JobPayload;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.batch.LineRules.Reading;
import io.renderfleet.jobtype.inference.batch.LineRules.Request;
import io.renderfleet.jobtype.inference.input.InputReferences;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The file of a batch in two passes: the first one validates every line, the second one looks up images and makes jobs.
 * The memory depends on the number of lines and the length of their ids, and not on the size of the file.
 *
 * <p>Not thread-safe.
 */
final class BatchInput {
    /** The most lines of a batch, as of OpenAI's. */
    static final int MAX_LINES = 50_000;

    /** The most lines that are named in one response. */
    private static final int MAX_FAULTS = 20;

    private final Path file;
    private final LineRules rules;
    private final List<LineId> lines = new ArrayList<>();
    private final List<FieldError> faults = new ArrayList<>();
    private int faultyLines;

    BatchInput(Path file, LineRules rules) {
        this.file = file;
        this.rules = rules;
    }

    /**
     * A valid line.
     *
     * @param number its number in the file, from 1
     */
    record LineId(int number, String customId) {}

    /** SHA-256 of the file in lower-case hex. */
    String digest() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return DigestUtils.sha256Hex(in);
        }
    }

    /**
     * Validates every line, without calls.
     *
     * @return the lines in their order; lines without text are left out
     * @throws ProblemException with the first lines that are not valid, and why
     */
    List<LineId> check() throws IOException {
        Map<String, Integer> known = new HashMap<>();
        try (LineReader reader = new LineReader(Files.newInputStream(file), JobPayload.MAX_BYTES)) {
            for (Optional<LineReader.Line> next = reader.next(); next.isPresent(); next = reader.next()) {
                LineReader.Line line = next.get();
                if (isBlank(line)) {
                    continue;
                }
                if (lines.size() + faultyLines == MAX_LINES) {
                    throw ProblemException.invalid(List.of(new FieldError(
                            "body", "has more than " + MAX_LINES + " lines; send the others as another batch")));
                }
                Reading reading = rules.read(line);
                Request request = reading.request();
                if (request == null) {
                    fault(line.number(), String.valueOf(reading.fault()));
                    continue;
                }
                Integer earlier = known.putIfAbsent(request.customId(), line.number());
                if (earlier != null) {
                    fault(line.number(), "custom_id is that of line " + earlier);
                    continue;
                }
                lines.add(new LineId(line.number(), request.customId()));
            }
        }
        if (lines.isEmpty() && faultyLines == 0) {
            throw ProblemException.invalid(
                    List.of(new FieldError("body", "is empty; send JSON Lines, with one task in each line")));
        }
        throwIfFaulty();
        return List.copyOf(lines);
    }

    private static boolean isBlank(LineReader.Line line) {
        return line.text() != null && line.text().isBlank();
    }

    /**
     * Looks up the images of the lines, and gives their tasks to a packer. Called after {@link #check}.
     *
     * @throws ProblemException with the first lines that refer to images that do not exist, or that fit into no job
     */
    void pack(UserId owner, InputReferences images, JobPacker packer) throws IOException {
        List<Request> some = new ArrayList<>();
        try (LineReader reader = new LineReader(Files.newInputStream(file), JobPayload.MAX_BYTES)) {
            for (Optional<LineReader.Line> next = reader.next(); next.isPresent(); next = reader.next()) {
                if (isBlank(next.get())) {
                    continue;
                }
                Request request = rules.read(next.get()).request();
                if (request == null) {
                    throw new IllegalStateException("a line was valid before");
                }
                some.add(request);
                if (some.size() == InferencePayload.MAX_TASKS) {
                    pack(owner, some, images, packer);
                    some.clear();
                }
            }
        }
        pack(owner, some, images, packer);
        packer.finish();
        throwIfFaulty();
    }

    private void pack(UserId owner, List<Request> requests, InputReferences images, JobPacker packer)
            throws IOException {
        List<Task> tasks = requests.stream().map(Request::task).toList();
        try {
            tasks = images.resolve(owner, tasks);
        } catch (ProblemException e) {
            requests.forEach(request -> nameMissing(owner, request, images));
            if (faultyLines == 0) {
                // An image was uploaded in between.
                throw e;
            }
            return;
        }
        for (int index = 0; index < tasks.size(); index++) {
            if (!packer.add(requests.get(index).model(), tasks.get(index))) {
                fault(number(tasks.get(index)), "takes more than the 64 KB that a job can have; shorten it");
            }
        }
    }

    private void nameMissing(UserId owner, Request request, InputReferences images) {
        try {
            var _ = images.resolve(owner, List.of(request.task()));
        } catch (ProblemException e) {
            fault(number(request.task()), e.getMessage());
        }
    }

    private static int number(Task task) {
        return Integer.parseInt(task.taskId().substring(LineRules.TASK.length()));
    }

    private void fault(int number, String why) {
        faultyLines++;
        if (faults.size() < MAX_FAULTS) {
            faults.add(new FieldError("line " + number, why));
        }
    }

    private void throwIfFaulty() {
        if (faultyLines > 0) {
            throw ProblemException.invalid(
                    "The batch was not accepted, because "
                            + (faultyLines == 1 ? "a line is" : faultyLines + " lines are")
                            + " not valid: see errors"
                            + (faultyLines > faults.size() ? ", which has the first " + faults.size() : "")
                            + ". Correct the file and send it again.",
                    faults);
        }
    }
}
