package io.renderfleet.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.client.Job;
import io.renderfleet.client.JobRequest;
import io.renderfleet.client.RenderfleetClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Asks a model about ten pictures of a road and about the two groups of a camera's event, and prints the answers. */
final class InferenceDemo {
    private static final int EVENTS = 10;
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Duration REFRESH = Duration.ofMillis(100);
    private static final String CAMERA = "camera-17";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Map<String, Object> SCHEMA = Map.of(
            "type",
            "object",
            "required",
            List.of("riskLevel", "reason"),
            "additionalProperties",
            false,
            "properties",
            Map.of(
                    "riskLevel", Map.of("type", "string", "enum", List.of("low", "medium", "high")),
                    "reason", Map.of("type", "string", "maxLength", 60)));

    private final RenderfleetClient api;
    private final Path directory;
    private final PrintStream out;

    InferenceDemo(RenderfleetClient api, Path directory, PrintStream out) {
        this.api = api;
        this.directory = directory;
        this.out = out;
    }

    /** Runs the demonstration; returns whether every picture and every group has an answer. */
    boolean run() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        List<Job> jobs = new ArrayList<>();
        for (int i = 1; i <= EVENTS; i++) {
            byte[] picture = RoadPicture.jpeg(i);
            Files.write(directory.resolve("event-" + i + ".jpg"), picture);
            jobs.add(api.job(api.submit(JobRequest.of(request(picture))).jobId()));
        }
        await(jobs);
        boolean pictures = report(jobs);
        boolean groups = event();
        return pictures && groups;
    }

    /** Sends an event of a camera, which becomes a job with a task for each group. */
    private boolean event() throws IOException, InterruptedException {
        Map<String, Object> event = Map.of(
                "cameraId",
                CAMERA,
                "timestamp",
                Instant.now().toString(),
                "trafficGroups",
                List.of(
                        Map.of("groupId", "g-1", "type", "cars on a cycle path"),
                        Map.of("groupId", "g-2", "type", "a bus")));
        String id = api.submitEvent(JSON.writeValueAsString(event))
                .orElseThrow(() -> new IllegalStateException("The API found no groups in the event."))
                .jobId();
        List<Job> job = new ArrayList<>(List.of(api.job(id)));
        await(job);
        JsonNode tasks = tasks(job.getFirst(), directory.resolve(CAMERA + ".json"));
        out.printf("%n%-28s %-8s  %s%n", "group of " + CAMERA, "risk", "reason");
        for (JsonNode task : tasks) {
            JsonNode output = task.path("output");
            out.printf(
                    "%-28s %-8s  %s%n",
                    task.path("taskId").asText(),
                    output.path("riskLevel").asText("-"),
                    output.path("reason")
                            .asText(task.path("error").path("message").asText()));
        }
        if (tasks.isEmpty()) {
            out.println("no answers: the job is " + job.getFirst().status());
        }
        return tasks.size() == 2 && tasks.findValuesAsText("status").stream().allMatch("answered"::equals);
    }

    private static Map<String, Object> request(byte[] picture) {
        String image = "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(picture);
        return Map.of(
                "type",
                "inference",
                "userId",
                "demo",
                "model",
                FakeModels.MODEL,
                "messages",
                List.of(Map.of(
                        "role",
                        "user",
                        "content",
                        List.of(
                                Map.of("type", "text", "text", "How risky is the traffic in this picture?"),
                                Map.of("type", "image_url", "image_url", Map.of("url", image))))),
                "responseSchema",
                SCHEMA,
                "answerWithin",
                "PT30S");
    }

    private void await(List<Job> jobs) throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(DEADLINE);
        while (Instant.now().isBefore(deadline)
                && !jobs.stream().allMatch(job -> job.status().isTerminal())) {
            TimeUnit.MILLISECONDS.sleep(REFRESH.toMillis());
            for (int i = 0; i < jobs.size(); i++) {
                if (!jobs.get(i).status().isTerminal()) {
                    jobs.set(i, api.job(jobs.get(i).jobId()));
                }
            }
        }
    }

    private boolean report(List<Job> jobs) throws IOException, InterruptedException {
        out.printf("%n%-28s %-8s %8s %7s  %s%n", "picture", "risk", "call", "tokens", "reason");
        boolean all = true;
        for (int i = 0; i < jobs.size(); i++) {
            Path picture = directory.resolve("event-" + (i + 1) + ".jpg");
            Job job = jobs.get(i);
            JsonNode task =
                    tasks(job, directory.resolve("event-" + (i + 1) + ".json")).path(0);
            boolean answered = task.path("status").asText().equals("answered");
            all &= answered;
            JsonNode output = task.path("output");
            out.printf(
                    "%-36s %-8s %5d ms %7d  %s%n",
                    picture,
                    answered ? output.path("riskLevel").asText() : "-",
                    task.path("latencyMs").asLong(),
                    task.path("usage").path("promptTokens").asLong()
                            + task.path("usage").path("completionTokens").asLong(),
                    answered
                            ? output.path("reason").asText()
                            : job.status() + " "
                                    + task.path("error").path("message").asText());
        }
        return all;
    }

    /** The tasks of the job's result, which is written to the file; none if the job has not completed. */
    private JsonNode tasks(Job job, Path file) throws IOException, InterruptedException {
        if (job.status() != Job.Status.COMPLETED) {
            return JSON.createArrayNode();
        }
        api.download(job.jobId(), file);
        return JSON.readTree(file.toFile()).path("tasks");
    }
}
