package io.renderfleet.render.bvh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TraversalTests {

    private static final Opacity NEVER_ASKED = (triangle, u, v) -> {
        throw new AssertionError("a solid triangle was asked for its alpha");
    };

    @Property(tries = 60)
    void findsWhatBruteForceFinds(@ForAll long seed, @ForAll @IntRange(min = 1, max = 600) int count) {
        Random random = new Random(seed);
        float[] triangles = soup(random, count);
        Bvh bvh = build(triangles, count, new byte[count], NEVER_ASKED);
        Traversal traversal = new Traversal(bvh);
        for (int i = 0; i < 50; i++) {
            Ray ray = randomRay(random);
            float expected = bruteForce(bvh.triangles, count, ray);
            boolean hit = traversal.nearest(ray);
            assertThat(hit).isEqualTo(expected < Float.POSITIVE_INFINITY);
            if (hit) {
                assertThat(ray.t).isCloseTo(expected, within(1e-4f * expected));
            }
            ray.t = Float.POSITIVE_INFINITY;
            assertThat(traversal.transmittance(ray)).isEqualTo(hit ? 0 : 1);
        }
    }

    @Property(tries = 20)
    void ordersEachTriangleOnce(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40_000) int count) {
        int[] order = BvhBuilder.build(soup(new Random(seed), count), count).order();
        boolean[] seen = new boolean[count];
        for (int triangle : order) {
            assertThat(seen[triangle]).isFalse();
            seen[triangle] = true;
        }
        assertThat(order).hasSize(count);
    }

    @Test
    void survivesManyTrianglesInOnePlace() {
        int count = 20_000;
        float[] triangles = new float[9 * count];
        for (int i = 0; i < count; i++) {
            triangles[9 * i + 3] = 1;
            triangles[9 * i + 7] = 1;
        }
        Bvh bvh = build(triangles, count, new byte[count], NEVER_ASKED);
        Ray ray = downRay(0.2f, 0.2f);
        assertThat(new Traversal(bvh).nearest(ray)).isTrue();
    }

    @Test
    void survivesTrianglesThatShrinkGeometrically() {
        int count = 240;
        float[] triangles = new float[9 * count];
        for (int i = 0; i < count; i++) {
            float size = (float) Math.pow(0.75, i);
            triangles[9 * i] = size;
            triangles[9 * i + 3] = size / 8;
            triangles[9 * i + 7] = size / 8;
        }
        Bvh bvh = build(triangles, count, new byte[count], NEVER_ASKED);
        assertThat(new Traversal(bvh).nearest(downRay(1.01f, 0.01f))).isTrue();
    }

    @Test
    void seesOneSidedTrianglesFromTheFrontOnly() {
        float[] triangles = {0, 0, 0, 1, 0, 0, 0, 1, 0};
        Bvh bvh = build(triangles, 1, new byte[] {Opacity.FRONT_ONLY}, NEVER_ASKED);
        Ray front = downRay(0.2f, 0.2f);
        Ray back = downRay(0.2f, 0.2f);
        back.oz = -1;
        back.dz = 1;
        Traversal traversal = new Traversal(bvh);
        assertThat(traversal.nearest(front)).isTrue();
        assertThat(traversal.nearest(back)).isFalse();
        back.t = Float.POSITIVE_INFINITY;
        assertThat(traversal.transmittance(back)).isEqualTo(1);
    }

    @Test
    void letsThroughWhatAlphaLetsThrough() {
        float[] triangles = {0, 0, 0, 1, 0, 0, 0, 1, 0};
        Bvh bvh = build(triangles, 1, new byte[] {Opacity.TESTED}, (triangle, u, v) -> 0.3f);
        Traversal traversal = new Traversal(bvh);
        assertThat(traversal.transmittance(downRay(0.2f, 0.2f))).isCloseTo(0.7f, within(1e-6f));
        int hits = 0;
        for (int seed = 0; seed < 10_000; seed++) {
            Ray ray = downRay(0.2f, 0.2f);
            ray.seed = seed;
            hits += traversal.nearest(ray) ? 1 : 0;
        }
        assertThat(hits).isBetween(2_800, 3_200);
    }

    static Bvh build(float[] triangles, int count, byte[] flags, Opacity opacity) {
        BvhLayout layout = BvhBuilder.build(triangles, count);
        float[] ordered = new float[9 * count];
        for (int i = 0; i < count; i++) {
            System.arraycopy(triangles, 9 * layout.order()[i], ordered, 9 * i, 9);
        }
        return layout.with(ordered, flags, opacity);
    }

    private static Ray downRay(float x, float y) {
        Ray ray = new Ray();
        ray.ox = x;
        ray.oy = y;
        ray.oz = 1;
        ray.dz = -1;
        ray.t = Float.POSITIVE_INFINITY;
        return ray;
    }

    private static float[] soup(Random random, int count) {
        float[] triangles = new float[9 * count];
        for (int i = 0; i < triangles.length; i++) {
            triangles[i] = i % 9 < 3 ? random.nextFloat() * 2 - 1 : (random.nextFloat() - 0.5f) * 0.4f;
        }
        return triangles;
    }

    private static Ray randomRay(Random random) {
        Ray ray = new Ray();
        ray.ox = random.nextFloat() * 4 - 2;
        ray.oy = random.nextFloat() * 4 - 2;
        ray.oz = random.nextFloat() * 4 - 2;
        ray.dx = random.nextFloat() - 0.5f;
        ray.dy = random.nextFloat() - 0.5f;
        ray.dz = random.nextInt(8) == 0 ? 0 : random.nextFloat() - 0.5f;
        ray.t = Float.POSITIVE_INFINITY;
        return ray;
    }

    /** The same test, in the same order of operations, for every triangle. */
    private static float bruteForce(float[] triangles, int count, Ray ray) {
        float nearest = Float.POSITIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            float[] one = new float[9];
            System.arraycopy(triangles, 9 * i, one, 0, 9);
            Bvh single = new Bvh(new float[0], new int[0], Bvh.leaf(0, 1), one, new byte[1], NEVER_ASKED);
            Ray copy = new Ray();
            copy.ox = ray.ox;
            copy.oy = ray.oy;
            copy.oz = ray.oz;
            copy.dx = ray.dx;
            copy.dy = ray.dy;
            copy.dz = ray.dz;
            copy.t = Float.POSITIVE_INFINITY;
            if (new Traversal(single).nearest(copy)) {
                nearest = Math.min(nearest, copy.t);
            }
        }
        return nearest;
    }
}
