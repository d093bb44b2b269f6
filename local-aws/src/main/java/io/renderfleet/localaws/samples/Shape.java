package io.renderfleet.localaws.samples;

/** Something that can draw itself, around its own origin, into a mesh. */
@FunctionalInterface
interface Shape {

    void drawInto(MeshBuilder mesh);
}
