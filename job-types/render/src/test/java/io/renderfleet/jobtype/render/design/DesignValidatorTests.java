package io.renderfleet.jobtype.render.design;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

@Timeout(60)
class DesignValidatorTests {
    private static final String TRIANGLE = """
            {"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
            "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],
            "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[1,1,0]}],
            "bufferViews":[{"buffer":0,"byteLength":36}],"buffers":[{"byteLength":36,
            "uri":"data:application/octet-stream;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA"}]}
            """;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicInteger starts = new AtomicInteger();
    private final List<DesignValidator> open = new ArrayList<>();
    private Path good;
    private Path hostile;

    @BeforeEach
    void files(@TempDir Path directory) throws IOException {
        good = Files.writeString(directory.resolve("good.gltf"), TRIANGLE);
        hostile = Files.writeString(directory.resolve("hostile.gltf"), "{");
    }

    @AfterEach
    void end() {
        open.forEach(DesignValidator::close);
    }

    @Test
    void describesAValidFileAndSaysWhatIsWrongWithAnInvalidOne() {
        DesignValidator validator = opened(new DesignValidator(settings(Duration.ofSeconds(30)), registry));

        assertThat(validator.validate(good).triangles()).isOne();
        ProblemException refused = refusal(validator, hostile);
        assertThat(refused.type().code()).isEqualTo("design:malformed-json");
        assertThat(validator.validate(good).max()).containsExactly(1.0, 1.0, 0.0);
        assertThat(registry.get("renderfleet.render.validation")
                        .tag("outcome", "valid")
                        .timer()
                        .count())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "hang, design-too-slow, 1",
        "heap, design-too-large, 1",
        "native, design-too-large, 1",
        "crash, validation-failed, 2",
        "lie, validation-failed, 2",
        "flood, validation-failed, 2"
    })
    void refusesAFileThatExceedsALimitAndReplacesTheProcess(String mode, String code, int processesUsed) {
        DesignValidator validator = misbehaving(mode);

        assertThat(refusal(validator, hostile).type().code()).isEqualTo("design:" + code);

        assertThat(refusal(validator, good).type().code()).isEqualTo("design:read");
        assertThat(starts).hasValue(processesUsed + 1);
    }

    @Test
    void drawsAThumbnail() throws IOException {
        DesignValidator validator = opened(new DesignValidator(settings(Duration.ofSeconds(30)), registry));
        validator.validate(good);

        BufferedImage picture =
                ImageIO.read(new ByteArrayInputStream(validator.draw(good).orElseThrow()));

        assertThat(picture.getWidth()).isEqualTo(320);
        assertThat(validator.draw(hostile)).as("a file that is not valid").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"hang", "heap", "native", "crash", "lie", "flood"})
    void aFileThatEndsTheProcessWhileItIsDrawnIsStillValid(String mode) {
        DesignValidator validator = misbehaving(mode, Duration.ofSeconds(mode.equals("hang") ? 1 : 30));
        Path drawn = hostile.resolveSibling("only-drawn.gltf");

        assertThat(validator.validate(drawn).triangles()).isOne();
        assertThat(validator.draw(drawn)).isEmpty();

        assertThat(refusal(validator, good).type().code()).isEqualTo("design:read");
        assertThat(starts).as("the process was replaced").hasValue(2);
    }

    @Test
    void drawsNothingIfThereIsNoTimeForIt() {
        DesignValidator validator = misbehaving("crash", Duration.ZERO);

        assertThat(validator.draw(hostile)).isEmpty();
        assertThat(starts).hasValue(1);
    }

    @Test
    void usesOneProcessForManyFiles() {
        DesignValidator validator = misbehaving("hang");

        String first = refusal(validator, good).getMessage();

        assertThat(refusal(validator, good).getMessage()).isEqualTo(first);
        assertThat(starts).hasValue(1);
    }

    @Test
    void keepsTheProcessWhenAFileIsDeletedAfterItsAnswer() throws IOException {
        InspectionSettings settings = settings(Duration.ofSeconds(30));
        DesignValidator validator = opened(new DesignValidator(settings, registry, () -> {
            starts.incrementAndGet();
            return ValidationProcess.start(settings, ValidationCommand.of(settings));
        }));

        for (int upload = 0; upload < 50; upload++) {
            Files.writeString(hostile, "{");
            assertThat(refusal(validator, hostile).type().code()).isEqualTo("design:malformed-json");
            Files.delete(hostile);
        }

        assertThat(starts).hasValue(1);
    }

    @Test
    void replacesAProcessThatWasKilledWhileItWasIdle() throws Exception {
        DesignValidator validator = misbehaving("hang");
        ProcessHandle process = ProcessHandle.of(pid(refusal(validator, good))).orElseThrow();
        process.destroyForcibly();
        process.onExit().get();

        assertThat(pid(refusal(validator, good))).isNotEqualTo(process.pid());
    }

    @Test
    void passesNoEnvironmentVariablesOfTheService() {
        assertThat(refusal(misbehaving("environment"), hostile).getMessage())
                .as("variables of the service, such as credentials")
                .doesNotContain("PATH", "HOME", "AWS");
    }

    @Test
    void refusesUploadsWithAProblemWhileNoProcessCanBeStarted() {
        DesignValidator validator = opened(new DesignValidator(settings(Duration.ofSeconds(2)), registry, () -> {
            throw new IOException("no such program");
        }));

        assertThat(refusal(validator, good).type()).isEqualTo(ProblemType.BUSY);
    }

    @Test
    void endsItsProcessesWhenItIsClosed() throws Exception {
        DesignValidator validator = misbehaving("hang");
        ProcessHandle process = ProcessHandle.of(pid(refusal(validator, good))).orElseThrow();

        validator.close();

        process.onExit().get();
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void theProcessEndsWhenItsInputEnds(@TempDir Path directory) throws Exception {
        InspectionSettings settings = settings(Duration.ofSeconds(30));
        Path errors = directory.resolve("errors.txt");
        Process process = new ProcessBuilder(ValidationCommand.of(settings))
                .redirectError(errors.toFile())
                .start();
        try {
            process.getOutputStream().close();
            int code = process.waitFor();
            assertThat(code).as(Files.readString(errors)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private DesignValidator misbehaving(String mode) {
        return misbehaving(mode, Duration.ofSeconds(30));
    }

    private DesignValidator misbehaving(String mode, Duration thumbnailTime) {
        // Only a process that hangs reaches the limit of time; the others end by themselves, late on a busy machine.
        InspectionSettings settings = settings(Duration.ofSeconds(mode.equals("hang") ? 2 : 30), thumbnailTime);
        List<String> command = new ArrayList<>(ValidationCommand.of(settings));
        command.subList(command.size() - 2, command.size()).clear();
        command.addAll(List.of(MisbehavingMain.class.getName(), mode));
        return opened(new DesignValidator(settings, registry, () -> {
            starts.incrementAndGet();
            return ValidationProcess.start(settings, command);
        }));
    }

    private DesignValidator opened(DesignValidator validator) {
        open.add(validator);
        return validator;
    }

    private static ProblemException refusal(DesignValidator validator, Path file) {
        ProblemException thrown = catchThrowableOfType(ProblemException.class, () -> validator.validate(file));
        assertThat(thrown).isNotNull();
        return thrown;
    }

    private static long pid(ProblemException answer) {
        return Long.parseLong(String.valueOf(answer.getMessage()));
    }

    private static InspectionSettings settings(Duration timeout) {
        return settings(timeout, Duration.ofSeconds(30));
    }

    private static InspectionSettings settings(Duration timeout, Duration thumbnailTime) {
        return new InspectionSettings(
                1, Duration.ofSeconds(30), DataSize.ofMegabytes(64), timeout, null, thumbnailTime);
    }
}
