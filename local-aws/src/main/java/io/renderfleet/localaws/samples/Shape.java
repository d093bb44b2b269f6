package io.renderfleet.localaws.samples;

/** A shape that adds itself to a mesh, around its own origin. */
@FunctionalInterface
interface Shape {

    void drawInto(MeshBuilder mesh);
}
