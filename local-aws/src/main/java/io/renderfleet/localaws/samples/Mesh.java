package io.renderfleet.localaws.samples;

/**
 * Indexed triangles, counter-clockwise from their front, as {@link GlbBuilder} stores them. A plain class, not a
 * record: two meshes are never compared.
 */
final class Mesh {

    /** Three per vertex. */
    final float[] positions;

    /** Three per vertex, of length one. */
    final float[] normals;

    /** Two per vertex, in metres along the surface: a material says how many metres one tile of a texture covers. */
    final float[] texCoords;

    /** Linear RGBA, four bytes per vertex; empty where no colour was asked for. */
    final byte[] colours;

    final int[] indices;

    Mesh(float[] positions, float[] normals, float[] texCoords, byte[] colours, int[] indices) {
        this.positions = positions;
        this.normals = normals;
        this.texCoords = texCoords;
        this.colours = colours;
        this.indices = indices;
    }

    int vertexCount() {
        return positions.length / 3;
    }
}
