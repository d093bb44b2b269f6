package io.renderfleet.jobtype.render.design;

import io.renderfleet.render.Bounds;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.SceneLimits;
import io.renderfleet.render.SceneReader;
import io.renderfleet.render.SceneSummary;
import io.renderfleet.render.ThumbnailRenderer;
import io.renderfleet.render.Vec3;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The main class of a {@link ValidationProcess}: validates the files whose names it reads from its standard input, one
 * name a line, and writes one {@link ValidationAnswer} a line to its standard output. A line that begins with
 * {@value #DRAW} asks for a thumbnail: then follow the time for it in milliseconds, a space and the name of the file. The
 * answer is a JPEG in Base64, or {@value #NOT_DRAWN} and why. The process ends when its input ends, which is also when the
 * process that started it ends, and after any error that is not the file's.
 *
 * <p>Before the first file it validates and draws a small one of its own, which loads the classes that it needs, and writes
 * {@value #READY}.
 */
public final class ValidationMain {
    static final String READY = "ready";
    static final String DRAW = "draw ";
    static final String NOT_DRAWN = "not drawn: ";

    /** In bytes, so that it fits into a line of the answer. A thumbnail has some 10 KB. */
    private static final int LARGEST_THUMBNAIL = 160 * 1024;

    /** The exit code after an error that is not the file's. */
    static final int FAILED = 4;

    /** The share of the heap, in percent, that reading a file may take by {@link SceneLimits#maxMemory}. */
    private static final int HEAP_PERCENT = 70;

    /** From this size on, the memory of a file is returned to the system after its validation. */
    private static final long LARGE = 4L << 20;

    /** The largest value of Linux: if memory is short, this process is killed before the API. */
    private static final String OOM_SCORE = "1000";

    private static final Duration WARM_UP = Duration.ofSeconds(1);

    /** A triangle with a texture of one pixel. */
    private static final String SMALL_FILE = """
            {"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
            "meshes":[{"primitives":[{"attributes":{"POSITION":0},"material":0}]}],
            "materials":[{"pbrMetallicRoughness":{"baseColorTexture":{"index":0}}}],
            "textures":[{"source":0}],"images":[{"mimeType":"image/png","uri":"data:image/png;base64,%s"}],
            "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[1,1,0]}],
            "bufferViews":[{"buffer":0,"byteLength":36}],
            "buffers":[{"byteLength":36,"uri":"data:application/octet-stream;base64,%s"}]}
            """.formatted(
                    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
                    "AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA");

    private final SceneReader reader;
    private final ThumbnailRenderer thumbnails;
    private final PrintStream answers;

    private ValidationMain(SceneReader reader, PrintStream answers) {
        this.reader = reader;
        this.thumbnails = new ThumbnailRenderer(reader);
        this.answers = answers;
    }

    /** Runs until the input ends. The argument is the time limit of a validation in milliseconds. */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        // Whatever else is printed must not get between the answers.
        System.setOut(System.err);
        preferToBeKilled();
        SceneLimits limits = SceneLimits.forMemory(Runtime.getRuntime().maxMemory() / 100 * HEAP_PERCENT)
                .withMaxReadingTime(Duration.ofMillis(Long.parseLong(arguments[0])));
        ValidationMain validation = new ValidationMain(new SceneReader(limits), answers);
        validation.loadClasses();
        // The main thread waits for the input, so that the process also ends while it reads a file.
        ExecutorService validations = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("validation").daemon().factory());
        answers.println(READY);
        BufferedReader files = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String file = files.readLine(); file != null; file = files.readLine()) {
            String request = file;
            validations.execute(() -> validation.answer(request));
        }
    }

    private void answer(String request) {
        try {
            String[] drawing = request.startsWith(DRAW) ? request.split(" ", 3) : new String[0];
            Path file = Path.of(drawing.length == 0 ? request : drawing[2]);
            // The service may delete the file as soon as it has the answer.
            long size = Files.size(file);
            answers.println(
                    drawing.length == 0
                            ? validate(file).line()
                            : draw(file, Duration.ofMillis(Long.parseLong(drawing[1]))));
            if (size >= LARGE) {
                System.gc();
            }
        } catch (IOException | RuntimeException | Error e) {
            e.printStackTrace();
            System.exit(FAILED);
        }
    }

    private ValidationAnswer validate(Path file) throws IOException {
        try {
            SceneSummary found = reader.inspect(file);
            Bounds bounds = found.bounds();
            return ValidationAnswer.valid(new Design.Contents(
                    found.nodes(),
                    found.meshes(),
                    found.materials(),
                    found.textures(),
                    found.lights(),
                    found.triangles(),
                    list(bounds.min()),
                    list(bounds.max())));
        } catch (InvalidSceneException e) {
            return ValidationAnswer.invalid(e.code(), e.getMessage());
        }
    }

    private String draw(Path file, Duration time) throws IOException {
        try {
            return thumbnails
                    .draw(file, time)
                    .filter(picture -> picture.length <= LARGEST_THUMBNAIL)
                    .map(Base64.getEncoder()::encodeToString)
                    .orElse(NOT_DRAWN + "it took too long, or there is nothing to see");
        } catch (InvalidSceneException e) {
            return NOT_DRAWN + e.code();
        }
    }

    private static List<Double> list(Vec3 v) {
        return List.of(v.x(), v.y(), v.z());
    }

    private void loadClasses() throws IOException {
        Path file = Files.createTempFile("renderfleet-validation-", ".gltf");
        try {
            Files.writeString(file, SMALL_FILE);
            ValidationAnswer answer = validate(file);
            if (answer.contents() == null
                    || ValidationAnswer.read(answer.line()).contents() == null) {
                throw new IllegalStateException("the file for the start is invalid: " + answer.message());
            }
            draw(file, WARM_UP);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Without effect on systems other than Linux. */
    private static void preferToBeKilled() {
        Path score = Path.of("/proc/self/oom_score_adj");
        if (Files.isWritable(score)) {
            try {
                Files.writeString(score, OOM_SCORE);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + score, e);
            }
        }
    }
}
