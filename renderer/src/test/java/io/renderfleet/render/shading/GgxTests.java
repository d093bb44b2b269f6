package io.renderfleet.render.shading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgxTests {

    @ParameterizedTest
    @CsvSource({"0.2,0.9", "0.5,0.5", "0.8,0.3", "1.0,0.7"})
    void visibleDensityIntegratesToOne(float alpha, float cosine) {
        float[] w = {(float) Math.sqrt(1 - cosine * cosine), 0, cosine};
        double sum = 0;
        int steps = 400;
        for (int i = 0; i < steps; i++) {
            double z = (i + 0.5) / steps;
            double radius = Math.sqrt(1 - z * z);
            for (int j = 0; j < steps; j++) {
                double angle = 2 * Math.PI * (j + 0.5) / steps;
                double towards = radius * Math.cos(angle) * w[0] + z * w[2];
                sum += Ggx.visibleDensity(cosine, (float) towards, (float) z, alpha);
            }
        }
        assertThat(sum * 2 * Math.PI / steps / steps).isCloseTo(1, within(0.01));
    }

    @Test
    void albedoOfTheRoughestSurfaceSeenStraightIsOneLessTheLogarithmOfTwo() {
        // With D = 1 / pi and G = 2 z / (z + 1), the integral over the hemisphere is that of z / (z + 1).
        assertThat(GgxAlbedo.of(1, 1)).isCloseTo((float) (1 - Math.log(2)), within(0.002f));
    }

    @ParameterizedTest
    @CsvSource({"0.1,0.9", "0.5,0.4", "1.0,0.2"})
    void samplesFollowTheirDensity(float alpha, float cosine) {
        float[] w = {(float) Math.sqrt(1 - cosine * cosine), 0, cosine};
        float[] facet = new float[3];
        Random random = new Random(7);
        int count = 200_000;
        double mean = 0;
        for (int i = 0; i < count; i++) {
            Ggx.sampleVisible(w, alpha, random.nextFloat(), random.nextFloat(), facet);
            mean += facet[2];
        }
        double expected = 0;
        int steps = 1_000;
        for (int i = 0; i < steps; i++) {
            double z = (i + 0.5) / steps;
            double radius = Math.sqrt(1 - z * z);
            for (int j = 0; j < 200; j++) {
                double towards = radius * Math.cos(2 * Math.PI * (j + 0.5) / 200) * w[0] + z * w[2];
                expected += z * Ggx.visibleDensity(cosine, (float) towards, (float) z, alpha);
            }
        }
        assertThat(mean / count).isCloseTo(expected * 2 * Math.PI / steps / 200, within(0.01));
    }
}
