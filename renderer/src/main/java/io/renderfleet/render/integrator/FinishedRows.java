package io.renderfleet.render.integrator;

/** Takes the rows of a picture in their order, each once, as they are finished. */
@FunctionalInterface
public interface FinishedRows {
    /**
     * A row.
     *
     * @param y from 0, at the top
     * @param radiance red, green and blue of each pixel; used again for the next row
     */
    void row(int y, float[] radiance);
}
