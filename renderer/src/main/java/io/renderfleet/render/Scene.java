package io.renderfleet.render;

import io.renderfleet.render.scene.RenderScene;

/** A scene that is ready to render. Immutable and thread-safe; any number of renders can share one. */
public final class Scene {
    private final SceneSummary summary;
    private final RenderScene content;

    Scene(SceneSummary summary, RenderScene content) {
        this.summary = summary;
        this.content = content;
    }

    /** The approximate memory of the scene in bytes, for the size limits of caches. */
    public long sizeInBytes() {
        return content.sizeInBytes();
    }

    public SceneSummary summary() {
        return summary;
    }

    RenderScene content() {
        return content;
    }
}
