package io.renderfleet.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.renderfleet.job.Artifact;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.FileId;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.region.RegionId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultLocationsTests {
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final FileId ID = new FileId("abcDEF012-_9");

    private final JobId job = JobId.random();
    private final ResultLocations locations = new ResultLocations(new BucketNames("prod", "42"), List.of(EAST));

    @Test
    void areBelowThePrefixOfTheJobInTheBucketOfTheRegion() {
        StoredFile result = locations.of(job, 2, EAST, new JobResult(ID, "png", 1, "image/png"));
        assertThat(result.bucket()).isEqualTo("renderfleet-prod-results-us-east-1-42");
        assertThat(result.key()).isEqualTo("results/" + job + "/2/abcDEF012-_9.png");
        assertThat(result.fileName()).isEqualTo(job + ".png");

        StoredFile log = locations.of(job, new Artifact(new ArtifactName("log.txt"), 3, ID, EAST, 1, "text/plain"));
        assertThat(log.key()).isEqualTo("results/" + job + "/3/abcDEF012-_9/log.txt");
        assertThat(log.fileName()).isEqualTo("log.txt");
    }

    @Test
    void areOnlyInRegionsOfTheDeployment() {
        RegionId other = new RegionId("eu-west-1");

        assertThatExceptionOfType(UnknownFileRegionException.class)
                .isThrownBy(() -> locations.of(job, 1, other, new JobResult(ID, "png", 1, "image/png")))
                .withMessageContainingAll(job.toString(), "eu-west-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../../../x", "abcDEF012-_/", "abcDEF012-_", "abcDEF012-_98", "abcDEF012-_\n"})
    void anIdCannotLeaveThePrefix(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new FileId(id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/../x", "png/x", "PNG", "p.ng", "abcdefghijk"})
    void anExtensionCannotLeaveThePrefix(String extension) {
        assertThatIllegalArgumentException().isThrownBy(() -> new JobResult(ID, extension, 1, "image/png"));
    }

    @Test
    void idsDiffer() {
        Set<FileId> ids =
                IntStream.range(0, 1000).mapToObj(_ -> FileId.random()).collect(Collectors.toSet());

        assertThat(ids).hasSize(1000);
    }
}
