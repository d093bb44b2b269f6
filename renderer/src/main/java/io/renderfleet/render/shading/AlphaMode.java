package io.renderfleet.render.shading;

/** What a material's alpha means, as glTF 2.0 names it. */
public enum AlphaMode {
    OPAQUE,
    MASK,
    BLEND
}
