package io.renderfleet.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.CompletionRequest;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobLimits;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTags;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTests {
    private static final JobId ID = JobId.random();

    private static Job job(@Nullable String name, @Nullable String subject) {
        return new Job(
                ID,
                new UserId("user-1"),
                new JobTypeName("render"),
                new PoolName("render"),
                null,
                "hash",
                Priority.NORMAL,
                null,
                List.of(),
                JobLimits.defaults(),
                JobStatus.PENDING,
                null,
                0,
                0,
                0,
                null,
                0,
                false,
                Instant.EPOCH,
                null,
                null,
                Instant.EPOCH,
                null,
                List.of(),
                null,
                List.of(),
                null,
                null,
                Instant.EPOCH,
                0,
                null,
                CompletionRequest.NONE,
                null,
                new JobTags(name, Map.of(), subject, null));
    }

    @Test
    void areTheNameOrTheSubjectOrTheIdOfTheJob() {
        assertThat(FileNames.ofResult(job("My chair", "chair-1"), "png")).isEqualTo("My chair.png");
        assertThat(FileNames.ofResult(job(null, "chair-1"), "png")).isEqualTo("chair-1.png");
        assertThat(FileNames.ofResult(job(null, null), "png")).isEqualTo(ID + ".png");
        assertThat(FileNames.ofResult(job("...", null), "png")).isEqualTo(ID + ".png");
        assertThat(FileNames.ofArtifact(job("My chair", null), new ArtifactName("log.txt")))
                .isEqualTo("My chair-log.txt");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<script>alert('x')</script> | _script_alert('x')__script_.png",
                "../../etc/passwd | _.._etc_passwd.png",
                "C:\\x | C__x.png",
                "say \"hi\" | say _hi_.png",
                "` .hidden. ` | hidden.png",
                "椅子 | 椅子.png"
            })
    void haveNothingThatIsNotSafeInAFileName(String name, String fileName) {
        assertThat(FileNames.ofResult(job(name, null), "png")).isEqualTo(fileName);
    }

    @ParameterizedTest
    @ValueSource(strings = {"椅", "x", "🪑"})
    void fitIntoAFileSystem(String character) {
        String name = FileNames.ofArtifact(job(character.repeat(128), null), new ArtifactName("a".repeat(64)));

        assertThat(name.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(255);
        assertThat(name).doesNotContain("\uFFFD").endsWith("a".repeat(64));
    }
}
