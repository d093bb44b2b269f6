package io.renderfleet.bench.load;

import io.renderfleet.localaws.samples.SampleDesign;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.util.Map;

/** The smallest possible render job: 16 x 16 pixels of the smallest sample design, with one sample per pixel. */
public final class TinyRender {
    private static final String DESIGN = "tiny-cube";
    private static final int SIZE = 16;

    private TinyRender() {}

    /** The fields of a request for such a job. */
    public static Map<String, Object> of(String userId) {
        SampleDesign design = SampleDesigns.named(DESIGN);
        return Map.of(
                "designId",
                design.id(),
                "userId",
                userId,
                "camera",
                design.view(),
                "output",
                Map.of("width", SIZE, "height", SIZE, "samplesPerPixel", 1));
    }
}
