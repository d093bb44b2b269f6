package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandTests {
    private static final String JOB = """
            {"jobId": "job-1", "type": "render", "userId": "user-1", "status": "%s", "progress": 10, "attempt": 1,
             "designId": "chair\\u001b[31m", "createdAt": "2026-01-01T00:00:00Z",
             "attempts": [{"number": 1, "worker": "w-1", "region": "us-east-1", "startedAt": "2026-01-01T00:00:01Z",
                           "endedAt": "2026-01-01T00:00:03Z", "outcome": "FAILED"}]}""";

    private final ObjectMapper json = new ObjectMapper();
    private FakeService service;

    @BeforeEach
    void start() throws IOException {
        service = new FakeService();
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(service.address(), arguments);
    }

    @Test
    void listsJobsOfTheUserWithTheFiltersOfTheOptions() {
        service.on("GET /jobs", 200, "{\"items\": [" + JOB.formatted("FAILED") + "]}");

        CommandRun run = run("ls", "--status", "failed", "-n", "5", "--created-after", "2026-01-01T00:00:00Z");

        assertThat(run.out()).startsWith("JOB ").contains("job-1", "FAILED", "2026-01-01T00:00:00Z");
        assertThat(service.received("GET /jobs").getFirst().query())
                .contains("userId=user-1", "status=FAILED", "limit=5", "createdAfter=2026");
    }

    @Test
    void printsNoControlCharactersOfOthers() throws IOException {
        service.on("GET /jobs/job-1", 200, JOB.formatted("FAILED"));

        assertThat(run("show", "job-1").out()).contains("chair\uFFFD[31m", "FAILED after 2.0 s in us-east-1");
        CommandRun asJson = run("show", "job-1", "--output", "json");
        assertThat(asJson.out()).doesNotContain("\033");
        assertThat(json.readTree(asJson.out()).path("designId").asText()).isEqualTo("chair\033[31m");
        assertThat(json.readTree(asJson.out()).at("/attempts/0/worker").asText())
                .isEqualTo("w-1");
        assertThat(Terminal.clean("a\u009b2Jb\u202ec\u2028d")).isEqualTo("a\uFFFD2Jb\uFFFDc\uFFFDd");
    }

    @ParameterizedTest
    @CsvSource({"cancel, CANCELLED", "retry, PENDING"})
    void changesAJob(String command, String status) {
        service.on("POST /jobs/job-1/" + command, 202, JOB.formatted(status));

        assertThat(run(command, "job-1").out()).contains("The job is " + status);
    }

    @Test
    void downloadsTheResultAndAnArtifact(@TempDir Path directory) {
        service.on("GET /jobs/job-1/result", 302, "", Map.of("Location", "/result"))
                .on("GET /result", 200, "picture")
                .on("GET /jobs/job-1/artifacts/log.txt", 302, "", Map.of("Location", "/log"))
                .on("GET /log", 200, "lines");
        Path picture = directory.resolve("a.png");
        Path log = directory.resolve("log.txt");

        assertThat(run("download", "job-1", "-o", picture.toString()).exitCode())
                .isZero();
        assertThat(run("download", "job-1", "--artifact", "log.txt", "-o", log.toString())
                        .exitCode())
                .isZero();

        assertThat(picture).hasContent("picture");
        assertThat(log).hasContent("lines");
    }

    @Test
    void findsJobsByDesignBatchAndLabels() {
        service.on(
                "GET /jobs",
                200,
                "{\"items\": [" + JOB.formatted("FAILED").replace("\"type\"", "\"name\": \"A chair\", \"type\"")
                        + "]}");

        CommandRun run = run("ls", "--design", "chair", "--batch", "b-1", "--label", "room", "--label", "floor=2");

        assertThat(run.out()).contains("NAME", "A chair");
        assertThat(service.received("GET /jobs").getFirst().query())
                .contains("designId=chair", "batchId=b-1", "label=room", "label=floor%3A2");
    }

    @Test
    void listsTheJobsOfAllUsersPageByPage() {
        service.on("GET /admin/jobs", 200, "{\"items\": [" + JOB.formatted("PENDING") + "], \"next\": \"c\"}")
                .on("GET /admin/jobs", 200, "{\"items\": [" + JOB.formatted("PROCESSING") + "]}");

        CommandRun run = run("jobs", "--older-than", "PT10M", "--of-user", "user-1", "--type", "render");

        assertThat(run.out()).contains("USER", "user-1", "PENDING", "PROCESSING");
        assertThat(service.received("GET /admin/jobs").getFirst().query())
                .contains("olderThan=PT10M", "userId=user-1", "type=render", "limit=100");
        assertThat(service.received("GET /admin/jobs").getLast().query()).contains("cursor=c");
    }

    @Test
    void followsAllOpenJobsOfTheUser() throws IOException {
        String progress = "id: 1\ndata: {\"jobId\": \"job-1\", \"status\": \"PROCESSING\", \"progress\": 7}\n\n";
        service.on("GET /jobs/events", 200, progress)
                .on("GET /jobs/events", 204, "")
                .on("GET /jobs/events", 200, progress)
                .on("GET /jobs/events", 204, "");

        CommandRun run = run("watch", "--wait-timeout", "PT1M");

        assertThat(run.out()).contains("job-1", "PROCESSING", "7 %");
        assertThat(service.received("GET /jobs/events").getFirst().query()).isEqualTo("userId=user-1");
        assertThat(json.readTree(run("watch", "--wait-timeout", "PT1M", "--output", "json")
                                .out()
                                .lines()
                                .findFirst()
                                .orElseThrow())
                        .path("progress")
                        .asInt())
                .isEqualTo(7);
    }

    @Test
    void namesADownloadAsTheServiceDoesButReplacesNoFile(@TempDir Path directory) throws IOException {
        service.on("GET /jobs/job-1/result", 302, "", Map.of("Location", "/result"))
                .on(
                        "GET /result",
                        200,
                        "picture",
                        Map.of("Content-Disposition", "inline; filename=\"../../my chair.png\""));
        Path expected = directory.resolve("my chair.png");
        String[] download = {"download", "job-1", "-C", directory.toString()};

        CommandRun first = run(download);
        Files.writeString(expected, "mine");
        CommandRun second = run(download);

        assertThat(first.out()).isEqualToNormalizingNewlines("Wrote " + expected + "\n");
        assertThat(second.exitCode()).isEqualTo(ExitCode.FILE);
        assertThat(second.err()).contains("my chair.png", "--force");
        assertThat(expected).hasContent("mine");
        assertThat(run("download", "job-1", "-C", directory.toString(), "--force")
                        .exitCode())
                .isZero();
        assertThat(expected).hasContent("picture");
        assertThat(directory)
                .isDirectoryContaining(file -> file.equals(expected))
                .isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void searchesAndDeletesDesigns() {
        service.on("GET /designs", 200, "{\"items\": []}")
                .on(
                        "DELETE /designs/chair",
                        409,
                        "{\"title\": \"The design is in use\", \"detail\": \"2 open jobs need it.\"}")
                .on("DELETE /designs/chair", 204, "");

        assertThat(run("designs", "ls", "-q", "cha").out()).contains("No designs");
        assertThat(service.received("GET /designs").getFirst().query()).contains("q=cha");
        assertThat(run("designs", "rm", "chair").err()).contains("2 open jobs need it.");
        assertThat(run("designs", "rm", "chair", "--force").out()).contains("Deleted the design chair");
        assertThat(service.received("DELETE /designs/chair").getLast().query()).isEqualTo("force=true");
    }

    @Test
    void listsAllPagesOfDesigns() {
        String entry = "{\"items\": [{\"designId\": \"%s\", \"storedAt\": \"2026-01-01T00:00:00Z\"}]%s}";
        service.on("GET /designs", 200, entry.formatted("a", ", \"next\": \"a\""))
                .on("GET /designs", 200, entry.formatted("b", ""));

        assertThat(run("designs", "list").out().lines().map(line -> line.split(" ", 2)[0]))
                .containsExactly("DESIGN", "a", "b");
    }

    @Test
    void saysThatADesignDoesNotExist() {
        service.on("GET /designs/x", 404, "{\"type\": \"urn:renderfleet:problem:design-not-found\"}");

        assertThat(run("designs", "show", "x").exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void operatesTheFleet() throws IOException {
        service.on("GET /admin/regions", 200, "{\"items\": [{\"id\": \"us-east-1\", \"drained\": true}]}")
                .on("POST /admin/regions/us-east-1/drain", 200, "{\"id\": \"us-east-1\", \"drained\": true}")
                .on("POST /admin/regions/us-east-1/undrain", 200, "{\"id\": \"us-east-1\", \"drained\": false}")
                .on("GET /admin/queues", 200, """
                        {"master": [{"queue": "master", "depth": {"visible": 3}}], "regional": [],
                         "deadLetters": [{"queue": "dead", "letters": 2}]}""")
                .on("POST /admin/dead-letters/redrive", 200, "{\"redriven\": 4}")
                .on("DELETE /admin/dead-letters", 200, "{\"deleted\": 5}")
                .on(
                        "GET /admin/dead-letters",
                        200,
                        "{\"items\": [{\"messageId\": \"m-1\", \"cause\": \"unreadable\"}]}")
                .on("GET /admin/keys", 200, "{\"pools\": [{\"pool\": \"p\", \"keys\": [{\"id\": \"k\"}]}]}")
                .on("POST /admin/keys/p/k/rotate", 202, "{\"pool\": \"p\", \"keys\": [{\"id\": \"k\"}]}")
                .on("POST /admin/keys/p/verify", 202, "{\"pool\": \"p\", \"keys\": []}");

        assertThat(run("regions").out()).contains("us-east-1", "true");
        assertThat(run("drain", "us-east-1").out()).contains("true");
        assertThat(run("undrain", "us-east-1").out()).contains("false");
        assertThat(run("queues").out()).contains("master", "3", "dead", "2");
        assertThat(run("dead-letters", "list", "--cause", "unreadable").out()).contains("m-1");
        assertThat(run("dead-letters", "redrive", "--region", "us-east-1", "--limit", "7")
                        .out())
                .contains("redriven 4");
        assertThat(run("dead-letters", "delete", "--cause", "unreadable").out()).contains("deleted 5");
        assertThat(run("keys", "list").out()).contains("Pool p", "k");
        assertThat(run("keys", "rotate", "p", "k").exitCode()).isZero();
        assertThat(run("keys", "verify", "p", "--all").exitCode()).isZero();
        assertThat(run("keys", "verify", "p").exitCode()).isEqualTo(ExitCode.USAGE);

        assertThat(json.readTree(service.received("POST /admin/dead-letters/redrive")
                        .getFirst()
                        .body()))
                .isEqualTo(json.readTree("{\"region\": \"us-east-1\", \"limit\": 7}"));
        assertThat(service.received("DELETE /admin/dead-letters").getFirst().query())
                .isEqualTo("cause=unreadable");
    }

    @Test
    void submitsShowsAndDownloadsABatch(@TempDir Path directory) throws IOException {
        String batch = "{\"id\": \"b-1\", \"status\": \"completed\", \"counts\": {\"total\": 2}}";
        service.on("POST /batches", 202, batch)
                .on("GET /batches/b-1", 200, batch)
                .on("GET /batches/b-1/output", 302, "", Map.of("Location", "/output"))
                .on("GET /output", 200, "answers");
        Path lines = Files.writeString(directory.resolve("lines.jsonl"), "{}\n");
        Path out = directory.resolve("out.jsonl");

        assertThat(run("batches", "submit", lines.toString()).out()).contains("id b-1", "total 2");
        assertThat(run("batches", "show", "b-1").out()).contains("status completed");
        assertThat(run("batches", "download", "b-1", "-o", out.toString()).exitCode())
                .isZero();

        assertThat(out).hasContent("answers");
        assertThat(service.received("POST /batches").getFirst().query()).isEqualTo("userId=user-1");
    }

    @Test
    void followsResultsAndListsAlerts() throws IOException {
        service.on("GET /events/stream", 200, ": hello\n\nevent: result\nid: 1\ndata: {\"jobId\": \"job-1\"}\n\n")
                .on("GET /events/stream", 204, "")
                .on("GET /alerts", 200, "{\"alerts\": [{\"rule\": \"high-risk\", \"message\": \"a car\"}]}");

        CommandRun events = run("events", "--camera", "c-1", "--for", "PT1M", "--output", "json");

        assertThat(json.readTree(events.out()).path("jobId").asText()).isEqualTo("job-1");
        assertThat(service.received("GET /events/stream").getFirst().query()).isEqualTo("cameraId=c-1");
        assertThat(run("alerts").out()).contains("high-risk", "a car");
    }

    @Test
    void completesCommandsInAShell() {
        assertThat(run("completion", "bash").out()).contains("complete -F", "dead-letters", "--camera");
    }

    @Test
    void listsTheExitCodesInTheHelp() {
        assertThat(run("--help").out()).contains("Exit codes:", "130");
        assertThat(run("submit", "--colour", "red").err()).contains("--colour", "renderfleet submit --help");
    }
}
