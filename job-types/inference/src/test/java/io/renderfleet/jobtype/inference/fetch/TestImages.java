package io.renderfleet.jobtype.inference.fetch;

import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.image.InputStore;
import io.renderfleet.jobtype.inference.settings.TestSettings;
import java.time.Clock;
import java.time.Duration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The images of tasks that have none, or only such that are refused before they are fetched. */
public final class TestImages {
    private static final long MAX_BYTES = 1 << 20;

    private TestImages() {}

    /** Allows no host. */
    public static TaskImages none() {
        return new TaskImages(
                new ImageRules(TestSettings.withoutModels().images()),
                new InputStore(S3Client.builder().region(Region.US_EAST_1).build(), "none", Clock.systemUTC()),
                new HttpsImages(Duration.ofSeconds(1)),
                new ImageMemory(MAX_BYTES, MAX_BYTES),
                Clock.systemUTC());
    }
}
