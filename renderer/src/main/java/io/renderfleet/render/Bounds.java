package io.renderfleet.render;

/** The axis-aligned box around everything a scene draws; {@code min} is nowhere greater than {@code max}. */
public record Bounds(Vec3 min, Vec3 max) {}
