package io.renderfleet.render.gltf;

import de.javagl.jgltf.impl.v2.GlTF;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.geometry.Transform;
import io.renderfleet.render.light.PunctualLight;
import java.util.ArrayList;
import java.util.List;

/** Reads the lights of KHR_lights_punctual at the nodes that carry them. */
final class PunctualLights {

    private static final String EXTENSION = "KHR_lights_punctual";

    private PunctualLights() {}

    static List<PunctualLight> read(GlTF gltf, List<NodeGraph.Placed> nodes, Budget budget) {
        Extensions root = Extensions.of(gltf, EXTENSION);
        List<Extensions> declared = root == null ? List.of() : root.objects("lights");
        List<PunctualLight> lights = new ArrayList<>();
        for (NodeGraph.Placed placed : nodes) {
            budget.poll();
            Extensions reference = Extensions.of(placed.node(), EXTENSION);
            if (reference != null) {
                PunctualLight light =
                        light(Checks.element(declared, reference.index("light"), "light"), placed.world());
                if (light.red() > 0 || light.green() > 0 || light.blue() > 0) {
                    lights.add(light);
                }
            }
        }
        return lights;
    }

    private static PunctualLight light(Extensions source, Transform world) {
        float[] colour = source.numbers("color", 1, 1, 1);
        float intensity = Math.min(Math.max(source.number("intensity", 1), 0), 1e9f);
        float range = source.number("range", Float.MAX_VALUE);
        PunctualLight.Kind kind = kind(source.text("type"));
        double cosInner = 1;
        double cosOuter = 0;
        Extensions spot = source.object("spot");
        if (kind == PunctualLight.Kind.SPOT && spot != null) {
            cosInner = Math.cos(spot.number("innerConeAngle", 0));
            cosOuter = Math.cos(spot.number("outerConeAngle", (float) (Math.PI / 4)));
        } else if (kind == PunctualLight.Kind.SPOT) {
            cosOuter = Math.cos(Math.PI / 4);
        }
        double scale = 1 / Math.max(0.001, cosInner - cosOuter);
        double[] direction = direction(world);
        return new PunctualLight(
                kind,
                (float) world.point(0, 0, 0, 0),
                (float) world.point(1, 0, 0, 0),
                (float) world.point(2, 0, 0, 0),
                (float) direction[0],
                (float) direction[1],
                (float) direction[2],
                Math.max(colour[0], 0) * intensity,
                Math.max(colour[1], 0) * intensity,
                Math.max(colour[2], 0) * intensity,
                range > 0 && range < Float.MAX_VALUE ? range : Float.POSITIVE_INFINITY,
                (float) scale,
                (float) (-cosOuter * scale));
    }

    /** The world direction of the node's -Z, which is where a light shines. */
    private static double[] direction(Transform world) {
        double[] axis = {world.direction(0, 0, 0, -1), world.direction(1, 0, 0, -1), world.direction(2, 0, 0, -1)};
        double length = Math.sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]);
        if (!(length > 0)) {
            return new double[] {0, 0, -1};
        }
        return new double[] {axis[0] / length, axis[1] / length, axis[2] / length};
    }

    private static PunctualLight.Kind kind(String type) {
        return switch (type) {
            case "point" -> PunctualLight.Kind.POINT;
            case "spot" -> PunctualLight.Kind.SPOT;
            case "directional" -> PunctualLight.Kind.DIRECTIONAL;
            default ->
                throw new InvalidSceneException(
                        "invalid-light", "A light has the type \"" + GltfJson.shown(type) + "\".");
        };
    }
}
