package io.renderfleet.render.light;

import io.renderfleet.render.geometry.BuildCheck;

/** Chooses one of many by weight in constant time (Vose, "A Linear Algorithm for Generating Random Numbers", 1991). */
final class AliasTable {
    private final float[] keep;
    private final int[] alias;

    /**
     * @param weights the weights, none negative and at least one positive
     * @param check ends the construction by its exception
     */
    AliasTable(double[] weights, BuildCheck check) {
        int n = weights.length;
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        keep = new float[n];
        alias = new int[n];
        double[] scaled = new double[n];
        int[] work = new int[n];
        int small = 0;
        int large = n;
        for (int i = 0; i < n; i++) {
            check.at(i);
            scaled[i] = weights[i] * n / total;
            if (scaled[i] < 1) {
                work[small++] = i;
            } else {
                work[--large] = i;
            }
        }
        while (small > 0 && large < n) {
            check.at(small);
            int less = work[--small];
            int more = work[large];
            keep[less] = (float) scaled[less];
            alias[less] = more;
            scaled[more] -= 1 - scaled[less];
            if (scaled[more] < 1) {
                large++;
                work[small++] = more;
            }
        }
        while (small > 0) {
            keep[work[--small]] = 1;
        }
        while (large < n) {
            keep[work[large++]] = 1;
        }
    }

    /** The entry chosen by a uniform number below 1. */
    int choose(float uniform) {
        double scaled = (double) uniform * keep.length;
        int i = Math.min((int) scaled, keep.length - 1);
        return scaled - i < keep[i] ? i : alias[i];
    }

    long sizeInBytes() {
        return 8L * keep.length;
    }
}
