package io.renderfleet.render.gltf;

/** The optional attributes of the vertices of a scene. */
record VertexAttributes(boolean texCoords0, boolean texCoords1, boolean colours, boolean tangents) {

    static final VertexAttributes NONE = new VertexAttributes(false, false, false, false);

    VertexAttributes and(VertexAttributes other) {
        return new VertexAttributes(
                texCoords0 || other.texCoords0,
                texCoords1 || other.texCoords1,
                colours || other.colours,
                tangents || other.tangents);
    }

    /** The bytes of a decoded vertex, with its position and normal. */
    long vertexBytes() {
        return 16L + (texCoords0 ? 8 : 0) + (texCoords1 ? 8 : 0) + (colours ? 8 : 0) + (tangents ? 5 : 0);
    }
}
