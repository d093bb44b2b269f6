package io.renderfleet.render;

/**
 * The contents of a file.
 *
 * @param nodes the number of nodes in the drawn scene
 * @param meshes the number of meshes in the file
 * @param materials the number of materials in the file
 * @param textures the number of textures in the file
 * @param lights the number of punctual lights in the drawn scene
 * @param triangles the number of drawn triangles, counting each instance of a mesh
 * @param bounds the bounding box of the drawn scene
 * @param memory an estimate of the bytes of memory that {@link SceneReader#read} takes for the file, including the scene
 */
public record SceneSummary(
        int nodes, int meshes, int materials, int textures, int lights, long triangles, Bounds bounds, long memory) {}
