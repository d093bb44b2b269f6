package io.renderfleet.render.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.renderfleet.render.ToneMapping;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SrgbConverterTests {

    @Property
    void encodesEverySrgbCodeBackToItself(@ForAll @IntRange(max = 255) int code) {
        double c = code / 255.0;
        double linear = c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
        assertThat(SrgbConverter.encode((float) linear)).isEqualTo(code);
    }

    @Property
    void mapsAllLightIntoDisplayRange(
            @ForAll @FloatRange(max = 1e6f) float red,
            @ForAll @FloatRange(max = 1e6f) float green,
            @ForAll @FloatRange(max = 1e6f) float blue,
            @ForAll ToneMapping mapping) {
        float[] rgb = {red, green, blue};
        ToneMap.apply(mapping, rgb);
        for (float channel : rgb) {
            assertThat(channel).isBetween(-1e-5f, 1.0001f);
        }
    }

    @Property
    void mapsBrighterGreyToBrighterGrey(
            @ForAll @FloatRange(max = 100) float a,
            @ForAll @FloatRange(max = 100) float b,
            @ForAll ToneMapping mapping) {
        float[] darker = {Math.min(a, b), Math.min(a, b), Math.min(a, b)};
        float[] brighter = {Math.max(a, b), Math.max(a, b), Math.max(a, b)};
        ToneMap.apply(mapping, darker);
        ToneMap.apply(mapping, brighter);
        assertThat(brighter[0]).isGreaterThanOrEqualTo(darker[0] - 1e-5f);
    }

    @Test
    void neutralMappingOnlyTakesAwayTheReflectionOfBaseColours() {
        float[] rgb = {0.5f, 0.3f, 0.2f};
        ToneMap.apply(ToneMapping.PBR_NEUTRAL, rgb);
        assertThat(rgb[0]).isCloseTo(0.46f, within(1e-5f));
        assertThat(rgb[1]).isCloseTo(0.26f, within(1e-5f));
        assertThat(rgb[2]).isCloseTo(0.16f, within(1e-5f));
    }
}
