package io.renderfleet.render.integrator;

/** Receives the finished rows of a picture, each once and in order. */
@FunctionalInterface
public interface FinishedRows {
    /**
     * Receives a row.
     *
     * @param y the index of the row, from 0 at the top
     * @param radiance red, green and blue of each pixel; the array is reused for the next row
     */
    void row(int y, float[] radiance);
}
