package io.renderfleet.jobtype.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.renderfleet.job.JobPayload;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.image.InputStore;
import io.renderfleet.jobtype.inference.input.InputReferences;
import io.renderfleet.jobtype.inference.input.MessageRules;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.jobtype.inference.settings.TestSettings;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

class BatchInputTests {
    private static final InferenceSettings SETTINGS =
            TestSettings.settings("pools.main.models.other", "qwen-plus", "images.hosts", "pictures.example.com");

    @TempDir
    private Path directory;

    private static LineRules rules() {
        return new LineRules(SETTINGS, new MessageRules(new ImageRules(SETTINGS.images())));
    }

    /** References that need no call, because no message here refers to an image that is stored. */
    private static InputReferences noImages() {
        return new InputReferences(
                new InputStore(S3Client.builder().region(Region.US_EAST_1).build(), "none", Clock.systemUTC()));
    }

    private BatchInput input(String content) throws IOException {
        return new BatchInput(Files.writeString(directory.resolve("batch.jsonl"), content), rules());
    }

    private static String line(String id, String text) {
        return line(id, "assessment", text);
    }

    private static String line(String id, String model, String text) {
        return """
                {"custom_id": "%s", "body": {"model": "%s", "messages": [{"role": "user", "content": "%s"}]}}""".formatted(id, model, text);
    }

    private static String lines(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> line("id-" + i, "x"))
                .collect(Collectors.joining("\n"));
    }

    private List<FieldError> faults(String content) throws IOException {
        BatchInput input = input(content);
        ProblemException problem = catchThrowableOfType(ProblemException.class, input::check);
        assertThat(problem).as("what is wrong with " + content).isNotNull();
        return problem.errors();
    }

    /** The jobs of a batch, after it was read as it was written. */
    private List<InferencePayload> jobs(String content) throws IOException {
        BatchInput input = input(content);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JobPacker packer = new JobPacker(BatchId.random(), out);
        List<BatchInput.LineId> lines = input.check();
        input.pack(new UserId("user-1"), noImages(), packer);
        List<InferencePayload> jobs = out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(json -> InferencePayload.FORMAT.read(new JobPayload(json, 1)))
                .toList();
        assertThat(packer.sizes())
                .isEqualTo(jobs.stream().map(job -> job.tasks().size()).toList());
        lines.forEach(line -> assertThat(jobs.get(packer.jobOf(line.number())).tasks())
                .extracting(InferencePayload.Task::taskId)
                .contains("line-" + line.number()));
        return jobs;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"custom_id\" | is not valid JSON, has a field twice, or is nested more than 24 levels deep, at column",
                "[1] | must be a JSON object with custom_id and body",
                "{} | custom_id is required: a string of 1 to 256 printable characters; body is required",
                "{\"custom_id\": 7, \"body\": {}} | custom_id is required",
                "{\"custom_id\": \"a\", \"custom_id\": \"b\"} | is not valid JSON, has a field twice",
                "{\"custom_id\": \"a\", \"body\": {\"model\": \"gpt-9\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}} | body.model must be one of the models that this deployment offers: assessment, other",
                "{\"custom_id\": \"a\", \"body\": {\"model\": \"other\", \"messages\": []}} | body.messages must be an array of 1 to 64 messages",
                "{\"custom_id\": \"a\", \"url\": \"/v1/embeddings\", \"body\": {\"model\": \"other\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}} | url must be /v1/chat/completions, or left out",
                "{\"custom_id\": \"a\", \"body\": {\"model\": \"other\", \"top_p\": 0.5, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}} | body.top_p is not supported; use model, messages, max_completion_tokens",
                "{\"custom_id\": \"a\", \"body\": {\"model\": \"other\", \"max_tokens\": 1.5, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}} | body.max_tokens must be from 1 to 131072",
                "{\"custom_id\": \"a\", \"body\": {\"model\": \"other\", \"max_tokens\": 1e999999999999, \"messages\": []}} | ",
                "{\"custom_id\": \"a\", \"body\": {\"model\": \"other\", \"temperature\": \"0\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}} | body.temperature must be from 0 to 2",
                "{\"custom_id\": \"a\", \"body\": {\"model\": \"other\", \"response_format\": {\"type\": \"xml\"}, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}} | body.response_format must have the type text, json_object or json_schema",
                "{\"custom_id\": \"a\", \"body\": {\"model\": \"other\", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"n\", \"schema\": {\"type\": 3}}}, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}} | body.response_format",
                "{\"custom_id\": \"a\", \"body\": {\"model\": \"other\", \"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\", \"image_url\": {\"url\": \"http://169.254.169.254/\"}}]}]}} | body.messages[0].content[0].image_url.url"
            })
    void aBadLineIsNamedWithItsNumberAndWhy(String bad, String why) throws IOException {
        assertThat(faults(line("a-1", "x") + "\n" + bad + "\n" + line("a-3", "x")))
                .singleElement()
                .satisfies(error -> {
                    assertThat(error.field()).isEqualTo("line 2");
                    assertThat(error.message()).startsWith(why == null ? "" : why.strip());
                });
    }

    @Test
    void aDuplicateIdIsNamedWithTheLineThatHasIt() throws IOException {
        assertThat(faults(line("a", "x") + "\n" + line("b", "x") + "\n" + line("a", "y")))
                .containsExactly(new FieldError("line 3", "custom_id is that of line 1"));
    }

    @Test
    void aLineOfMoreThan64KbIsRefusedAndTheNextOnesAreRead() throws IOException {
        assertThat(faults(line("a", "x".repeat(70_000)) + "\n" + line("b", "x") + "\n{}"))
                .extracting(FieldError::field)
                .containsExactly("line 1", "line 3");
        assertThat(faults(line("a", "x".repeat(70_000))).getFirst().message())
                .isEqualTo("has more than 64 KB; shorten it, and upload images with PUT /inputs/{name}");
    }

    @Test
    void theFirstTwentyBadLinesAreNamed() throws IOException {
        BatchInput input = input("{}\n".repeat(37));
        ProblemException problem = catchThrowableOfType(ProblemException.class, input::check);
        assertThat(problem.errors()).hasSize(20);
        assertThat(problem.getMessage())
                .isEqualTo("The batch was not accepted, because 37 lines are not valid: see errors, which has the first"
                        + " 20. Correct the file and send it again.");
    }

    @Test
    void fiftyThousandLinesAreAcceptedAndOneMoreIsNot() throws IOException {
        assertThat(input(lines(50_000)).check()).hasSize(50_000);
        assertThat(faults(lines(50_001)))
                .containsExactly(new FieldError("body", "has more than 50000 lines; send the others as another batch"));
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        assertThat(faults("\n \n"))
                .containsExactly(new FieldError("body", "is empty; send JSON Lines, with one task in each line"));
    }

    @Test
    void bytesThatAreNoUtf8AreNamed() throws IOException {
        Path file = Files.write(directory.resolve("latin1.jsonl"), new byte[] {'{', (byte) 0xE9, '}'});
        ProblemException problem =
                catchThrowableOfType(ProblemException.class, () -> new BatchInput(file, rules()).check());
        assertThat(problem.errors()).containsExactly(new FieldError("line 1", "is not valid UTF-8"));
    }

    @Test
    void linesBecomeJobsOf64TasksAndEmptyLinesAndLineEndsDoNotMatter() throws IOException {
        String content = "\uFEFF" + lines(130).replace("\n", "\r\n").replaceFirst("\r\n", "\r\n\r\n") + "\n";
        assertThat(jobs(content)).extracting(job -> job.tasks().size()).containsExactly(64, 64, 2);
        assertThat(jobs(content).getFirst().tasks())
                .extracting(InferencePayload.Task::taskId)
                .startsWith("line-1", "line-3", "line-4");
    }

    @Test
    void largeLinesHaveJobsOfTheirOwn() throws IOException {
        String large = IntStream.rangeClosed(1, 5)
                .mapToObj(i -> line("id-" + i, "x".repeat(40_000)))
                .collect(Collectors.joining("\n"));
        // What tasks have in common is stored once, so these differ.
        String different = IntStream.rangeClosed(1, 5)
                .mapToObj(i -> line("id-" + i, Integer.toString(i).repeat(20_000)))
                .collect(Collectors.joining("\n"));
        assertThat(jobs(large)).hasSize(1);
        assertThat(jobs(different)).extracting(job -> job.tasks().size()).containsExactly(3, 2);
    }

    @Test
    void tasksOfOneModelShareAJobWhateverIsBetweenThem() throws IOException {
        String content = IntStream.rangeClosed(1, 100)
                .mapToObj(i -> line("id-" + i, i % 2 == 0 ? "other" : "assessment", "x" + i))
                .collect(Collectors.joining("\n"));
        assertThat(jobs(content))
                .extracting(InferencePayload::model, job -> job.tasks().size())
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("assessment", 50),
                        org.assertj.core.groups.Tuple.tuple("other", 50));
    }

    @Test
    void theFieldsOfOpenAiAndOurOwnMeanTheSame() throws IOException {
        InferencePayload job = jobs("""
                {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "other", "messages": [{"role": "user", "content": "x"}], "max_completion_tokens": 30.0, "temperature": 0, "response_format": {"type": "json_schema", "json_schema": {"name": "n", "strict": true, "schema": {"type": "object"}}}}}
                {"custom_id": "b", "body": {"model": "other", "messages": [{"role": "user", "content": "x"}], "maxTokens": 30, "temperature": 0, "responseSchema": {"type": "object"}}}
                """).getFirst();
        InferencePayload.Task first = job.tasks().getFirst();
        InferencePayload.Task second = job.tasks().getLast();
        assertThat(first)
                .isEqualTo(new InferencePayload.Task(
                        "line-1",
                        second.messages(),
                        second.responseSchema(),
                        second.maxTokens(),
                        second.temperature()));
        assertThat(first.maxTokens()).isEqualTo(30);
    }

    /** Runs {@link LargeBatch} with a heap that is smaller than the file. */
    @Test
    void aBatchOf100MbIsReadInAHeapOf48Mb() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeBatch.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("ends in time").isTrue();
            assertThat(Files.readString(directory.resolve("output"))).contains("50000 lines in");
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Reads the largest batch. */
    static final class LargeBatch {
        private static final int LINES = 50_000;
        private static final int BYTES = 100_000_000;

        private LargeBatch() {}

        public static void main(String[] directory) throws IOException {
            Path file = Path.of(directory[0], "large.jsonl");
            try (BufferedWriter out = Files.newBufferedWriter(file)) {
                for (int i = 0; i < LINES; i++) {
                    String start = line("id-" + i, "x" + i);
                    out.write(line("id-" + i, "x" + i + " ".repeat(BYTES / LINES - start.length() - 1)) + "\n");
                }
            }
            BatchInput input = new BatchInput(file, rules());
            JobPacker packer = new JobPacker(BatchId.random(), OutputStream.nullOutputStream());
            int lines = input.check().size();
            input.pack(new UserId("user-1"), noImages(), packer);
            System.out.println(lines + " lines in " + packer.sizes().size() + " jobs");
        }
    }
}
