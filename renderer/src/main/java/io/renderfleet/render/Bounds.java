package io.renderfleet.render;

/** The axis-aligned bounding box of a scene. No coordinate of {@code min} is greater than that of {@code max}. */
public record Bounds(Vec3 min, Vec3 max) {}
