package io.renderfleet.render;

/** The environment light, which surrounds a scene and is visible as its background. */
public enum Environment {
    /**
     * A soft daylight sky, unless the scene has punctual lights. Emissive surfaces do not disable it, because a scene
     * with a small emissive surface would then be almost black, unlike in other glTF viewers.
     */
    DEFAULT,
    /** No environment: only the scene's own lights and emissive surfaces give light, before a black background. */
    NONE
}
