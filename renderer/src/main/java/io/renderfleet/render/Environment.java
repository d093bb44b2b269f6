package io.renderfleet.render;

/** What lights a scene from all around, behind everything that it contains. */
public enum Environment {
    /**
     * The default environment, a soft daylight sky, unless the scene has punctual lights. Emissive surfaces do not
     * switch it off: a scene with one small status lamp would otherwise be black, and no glTF viewer shows it so.
     */
    DEFAULT,
    /** No environment: only the scene's own lights and emissive surfaces give light, before a black background. */
    NONE
}
