package io.renderfleet.render;

/**
 * What a file contains.
 *
 * @param nodes nodes in the drawn scene
 * @param meshes meshes in the file
 * @param materials materials in the file
 * @param textures textures in the file
 * @param lights punctual lights in the drawn scene
 * @param triangles triangles drawn, counting each instance of a mesh
 * @param bounds the box around everything drawn
 */
public record SceneSummary(
        int nodes, int meshes, int materials, int textures, int lights, long triangles, Bounds bounds) {}
