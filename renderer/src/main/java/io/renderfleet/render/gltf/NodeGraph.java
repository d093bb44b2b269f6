package io.renderfleet.render.gltf;

import de.javagl.jgltf.impl.v2.GlTF;
import de.javagl.jgltf.impl.v2.Node;
import de.javagl.jgltf.impl.v2.Scene;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.geometry.Transform;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** The nodes of the drawn scene with their transforms to world space. */
final class NodeGraph {

    /** A node and the map from its space to the world's. */
    record Placed(Node node, Transform world) {}

    private static final int NO_PARENT = -1;

    private final List<Node> nodes;
    private final int[] parents;
    private final Budget budget;

    private NodeGraph(List<Node> nodes, Budget budget) {
        this.nodes = nodes;
        this.budget = budget;
        parents = new int[nodes.size()];
        Arrays.fill(parents, NO_PARENT);
    }

    /** Walks the default scene, or the first, or where there is none all nodes, parents before children. */
    static List<Placed> placed(GlTF gltf, Budget budget) {
        NodeGraph graph = new NodeGraph(Checks.orEmpty(gltf.getNodes()), budget);
        graph.linkParents();
        graph.requireNoCycle();
        return graph.walk(graph.roots(gltf));
    }

    private void linkParents() {
        for (int i = 0; i < parents.length; i++) {
            for (Integer child : Checks.orEmpty(Checks.element(nodes, i, "node").getChildren())) {
                budget.poll();
                Checks.element(nodes, child, "node");
                if (parents[child] != NO_PARENT) {
                    throw new InvalidSceneException(
                            "node-with-two-parents",
                            "Node " + child + " is listed as a child more than once, of nodes " + parents[child]
                                    + " and " + i + "; glTF nodes form a tree.");
                }
                parents[child] = i;
            }
        }
    }

    /** Each node has at most one parent, so there is a cycle if the ancestors of a node do not end at a root. */
    private void requireNoCycle() {
        int[] climb = new int[parents.length];
        for (int i = 0; i < parents.length; i++) {
            budget.poll();
            int at = i;
            while (at != NO_PARENT && climb[at] == 0) {
                climb[at] = i + 1;
                at = parents[at];
            }
            if (at != NO_PARENT && climb[at] == i + 1) {
                throw new InvalidSceneException(
                        "cyclic-nodes", "Node " + at + " is its own ancestor; glTF nodes form a tree.");
            }
        }
    }

    private List<Integer> roots(GlTF gltf) {
        List<Scene> scenes = Checks.orEmpty(gltf.getScenes());
        if (gltf.getScene() == null && scenes.isEmpty()) {
            List<Integer> roots = new ArrayList<>();
            for (int i = 0; i < parents.length; i++) {
                if (parents[i] == NO_PARENT) {
                    roots.add(i);
                }
            }
            return roots;
        }
        Scene scene = Checks.element(scenes, Checks.orZero(gltf.getScene()), "scene");
        boolean[] seen = new boolean[parents.length];
        for (Integer root : Checks.orEmpty(scene.getNodes())) {
            budget.poll();
            Checks.element(nodes, root, "node");
            if (parents[root] != NO_PARENT || seen[root]) {
                throw new InvalidSceneException(
                        "node-with-two-parents",
                        "Node " + root + " is listed as a root of the scene and also as a child or another root.");
            }
            seen[root] = true;
        }
        return Checks.orEmpty(scene.getNodes());
    }

    private List<Placed> walk(List<Integer> roots) {
        List<Placed> placed = new ArrayList<>();
        Deque<Placed> open = new ArrayDeque<>();
        for (int root : roots) {
            open.add(place(root, Transform.IDENTITY));
        }
        while (!open.isEmpty()) {
            budget.poll();
            Placed next = open.poll();
            placed.add(next);
            for (int child : Checks.orEmpty(next.node.getChildren())) {
                open.add(place(child, next.world));
            }
        }
        return placed;
    }

    private Placed place(int index, Transform parent) {
        Node node = nodes.get(index);
        Transform world = parent.after(local(node, index));
        if (!world.isFinite()) {
            throw new InvalidSceneException(
                    "invalid-transform", "The transform of node " + index + " is not made of finite numbers.");
        }
        return new Placed(node, world);
    }

    private static Transform local(Node node, int index) {
        if (node.getMatrix() != null) {
            requireLength(node.getMatrix(), 16, index);
            return Transform.ofMatrix(node.getMatrix());
        }
        return Transform.ofParts(
                numbers(node.getTranslation(), index, 0, 0, 0),
                numbers(node.getRotation(), index, 0, 0, 0, 1),
                numbers(node.getScale(), index, 1, 1, 1));
    }

    private static double[] numbers(float @org.jspecify.annotations.Nullable [] values, int node, double... otherwise) {
        if (values == null) {
            return otherwise;
        }
        requireLength(values, otherwise.length, node);
        double[] numbers = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            numbers[i] = values[i];
        }
        return numbers;
    }

    private static void requireLength(float[] values, int length, int node) {
        if (values.length != length) {
            throw new InvalidSceneException(
                    "invalid-transform",
                    "A part of the transform of node " + node + " has " + values.length + " numbers, not " + length
                            + ".");
        }
    }
}
