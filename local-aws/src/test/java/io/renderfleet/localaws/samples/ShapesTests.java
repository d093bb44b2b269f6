package io.renderfleet.localaws.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * A closed shape whose triangles all face outwards encloses its volume, counted positive (divergence theorem); one that
 * is inside out, or has a hole or a flipped triangle, does not.
 */
class ShapesTests {

    private static final Percentage FACETED = Percentage.withPercentage(2);

    @Test
    void aBoxEnclosesItsVolume() {
        assertThat(volume(Blocks.box(2, 3, 4))).isCloseTo(24, within(1e-5));
    }

    @Test
    void aRoundedBoxEnclosesSlightlyLess() {
        assertThat(volume(Blocks.roundedBox(2, 3, 4, 0.1, 3))).isBetween(23.5, 24.0);
    }

    @Test
    void aSphereEnclosesItsVolume() {
        assertThat(volume(Surfaces.sphere(1, 48))).isCloseTo(4 / 3.0 * Math.PI, FACETED);
    }

    @Test
    void aCylinderEnclosesItsVolume() {
        assertThat(volume(Surfaces.cylinder(0.5, 2, 48))).isCloseTo(Math.PI / 2, FACETED);
    }

    @Test
    void aRodEnclosesItsVolume() {
        Vec3 to = Vec3.of(1, 2, 2);

        assertThat(volume(Tubes.rod(Vec3.of(0, 0, 0), to, 0.1))).isCloseTo(Math.PI * 0.01 * 3, within(0.01));
    }

    @Test
    void aBentRailFacesOutwards() {
        Shape rail = Tubes.rail(0.2, 0.1, Vec3.of(0, 1, 0), Vec3.of(0, 0, 0), Vec3.of(0, 0.2, 1), Vec3.of(0.3, 0, 2));

        assertThat(volume(rail)).isBetween(0.03, 0.045);
    }

    @Test
    void aLoopOfPipingFacesOutwards() {
        List<Vec3> square = List.of(Vec3.of(1, 0, 1), Vec3.of(1, 0, -1), Vec3.of(-1, 0, -1), Vec3.of(-1, 0, 1));

        assertThat(volume(Tubes.loop(0.05, square))).isPositive();
        assertThat(volume(Tubes.loop(0.05, square.reversed()))).isPositive();
    }

    @Test
    void cushionsAndPillowsFaceOutwards() {
        assertThat(volume(Blocks.cushion(2, 2, 2, 2, 24, UnaryOperator.identity())))
                .isCloseTo(4 / 3.0 * Math.PI, FACETED);
        assertThat(volume(Upholstery.boxCushion(0.6, 0.15, 0.6))).isBetween(0.04, 0.054);
        assertThat(volume(Blocks.pillow(0.4, 0.4, 0.15))).isBetween(0.005, 0.024);
    }

    @Test
    void aVesselEnclosesOnlyItsWall() {
        assertThat(volume(Tableware.cup())).isBetween(1e-5, 1e-4);
    }

    @Test
    void mirroringKeepsTheOutsideOut() {
        MeshBuilder mirrored = new MeshBuilder().add(Affine.at(5, 0, 0).scale(-1, 1, 1), Blocks.box(1, 1, 1));

        assertThat(volume(mirrored)).isCloseTo(1, within(1e-5));
    }

    @Test
    void aLathedEdgeStaysSharpWhereTheProfileTurns() {
        Mesh cylinder = new MeshBuilder().add(Surfaces.cylinder(1, 1, 16)).build();

        for (int i = 0; i < cylinder.vertexCount(); i++) {
            double up = Math.abs(cylinder.normals[3 * i + 1]);
            assertThat(Math.min(up, 1 - up)).isCloseTo(0, within(1e-6));
        }
    }

    private static double volume(Shape shape) {
        return volume(new MeshBuilder().add(shape));
    }

    private static double volume(MeshBuilder builder) {
        Mesh mesh = builder.build();
        double six = 0;
        for (int i = 0; i < mesh.indices.length; i += 3) {
            Vec3 a = corner(mesh, i);
            six += a.dot(corner(mesh, i + 1).cross(corner(mesh, i + 2)));
        }
        return six / 6;
    }

    private static Vec3 corner(Mesh mesh, int i) {
        int p = 3 * mesh.indices[i];
        return Vec3.of(mesh.positions[p], mesh.positions[p + 1], mesh.positions[p + 2]);
    }
}
