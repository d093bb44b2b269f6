package io.renderfleet.jobtype.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.renderfleet.fuzz.TimeLimit;
import io.renderfleet.jobtype.inference.batch.LineRules.Reading;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.input.MessageRules;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Each line of a batch is a task that can be written into a job, or has a fault with a text. */
class BatchFuzzTests {
    private static final int MAX_LINE = 2000;

    private static final InferenceSettings SETTINGS = new Binder(new MapConfigurationPropertySource(Map.of(
                    "renderfleet.inference.pools.main.base-url", "https://api.example.com/v1",
                    "renderfleet.inference.pools.main.models.assessment", "fake",
                    "renderfleet.inference.pools.main.domains.account.concurrency", "10",
                    "renderfleet.inference.pools.main.keys[0].id", "a",
                    "renderfleet.inference.pools.main.keys[0].domain", "account",
                    "renderfleet.inference.pools.main.keys[0].secret", "env:KEY_A",
                    "renderfleet.inference.images.hosts", "*.example.com")))
            .bind("renderfleet.inference", InferenceSettings.class)
            .get();

    @FuzzTest
    void lines(byte[] file) {
        TimeLimit.check(() -> {
            try {
                read(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void read(byte[] file) throws IOException {
        LineRules rules = new LineRules(SETTINGS, new MessageRules(new ImageRules(SETTINGS.images())));
        JobPacker packer = new JobPacker(BatchId.random(), OutputStream.nullOutputStream());
        long bytes = 0;
        int tasks = 0;
        try (LineReader reader = new LineReader(new ByteArrayInputStream(file), MAX_LINE)) {
            for (Optional<LineReader.Line> next = reader.next(); next.isPresent(); next = reader.next()) {
                bytes += next.get().bytes();
                Reading reading = rules.read(next.get());
                if (reading.request() == null) {
                    assertThat(reading.fault()).isNotBlank();
                } else {
                    assertThat(packer.add(
                                    reading.request().model(), reading.request().task()))
                            .isTrue();
                    tasks++;
                }
            }
        }
        packer.finish();
        assertThat(bytes).isEqualTo(file.length);
        assertThat(packer.sizes().stream().mapToInt(Integer::intValue).sum()).isEqualTo(tasks);
    }
}
