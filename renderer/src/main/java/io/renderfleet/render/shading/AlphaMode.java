package io.renderfleet.render.shading;

/** The alpha modes of materials in glTF 2.0. */
public enum AlphaMode {
    OPAQUE,
    MASK,
    BLEND
}
