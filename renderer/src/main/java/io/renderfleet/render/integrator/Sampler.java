package io.renderfleet.render.integrator;

/**
 * The sample numbers of a camera path: Owen-scrambled Sobol points, shuffled independently for every pair of dimensions
 * (B. Burley, "Practical Hash-based Owen Scrambling", 2020), and hashed numbers for the high dimensions, where
 * stratification no longer helps. A number depends only on pixel, sample and dimension, not on threads or order. Not
 * thread-safe.
 */
final class Sampler {

    private static final float TO_UNIT = 0x1p-24f;
    /** The number of stratified dimensions. */
    private static final int STRATIFIED = 14;

    private static final int[] SECOND = secondDimension();

    /** The pair drawn last. */
    float x;

    float y;

    private int pixelSeed;
    private int reversedIndex;
    private int index;
    private int dimension;

    /** Begins a path. */
    void start(int pixelHash, int sample) {
        pixelSeed = pixelHash;
        index = sample;
        reversedIndex = Integer.reverse(sample);
        dimension = 0;
    }

    /** A hash of the path, for choices made elsewhere. */
    int pathSeed() {
        return hash(pixelSeed ^ hash(index * 0x9E3779B9 + dimension));
    }

    /** Draws the next pair into x and y, each at least 0 and below 1. */
    void next2() {
        int seed = hash(pixelSeed + ++dimension * 0x9E3779B9);
        if (dimension > STRATIFIED) {
            int first = hash(seed ^ index * 0x2C1B3C6D);
            x = (first >>> 8) * TO_UNIT;
            y = (hash(first + 0x68E31DA4) >>> 8) * TO_UNIT;
            return;
        }
        // Shuffling happens on reversed bits, and the first Sobol dimension is just that reversal.
        int first = scrambleReversed(reversedIndex, seed);
        int shuffled = Integer.reverse(first);
        int second = SECOND[shuffled & 0xFF] ^ SECOND[256 + (shuffled >>> 8 & 0xFF)];
        x = (scramble(first, seed ^ 0x55555555) >>> 8) * TO_UNIT;
        y = (scramble(second, seed ^ 0x3C6EF372) >>> 8) * TO_UNIT;
    }

    /** Draws one number, at least 0 and below 1. */
    float next1() {
        int seed = hash(pixelSeed + ++dimension * 0x9E3779B9);
        if (dimension > STRATIFIED) {
            return (hash(seed ^ index * 0x2C1B3C6D) >>> 8) * TO_UNIT;
        }
        return (scramble(scrambleReversed(reversedIndex, seed), seed ^ 0x55555555) >>> 8) * TO_UNIT;
    }

    static int hash(int value) {
        int x = (value ^ value >>> 16) * 0x7FEB352D;
        x = (x ^ x >>> 15) * 0x846CA68B;
        return x ^ x >>> 16;
    }

    private static int scramble(int value, int seed) {
        return Integer.reverse(scrambleReversed(Integer.reverse(value), seed));
    }

    /** The hash of Laine and Karras: each bit is flipped by a function of the bits below it. */
    private static int scrambleReversed(int value, int seed) {
        int x = value + seed;
        x ^= x * 0x6C50B47C;
        x ^= x * 0xB82F1E52;
        x ^= x * 0xC7AFE638;
        x ^= x * 0x8D22F6E6;
        return x;
    }

    /** The second Sobol dimension of the low sixteen bits of an index, one table for each eight. */
    private static int[] secondDimension() {
        int[] table = new int[512];
        int direction = 1 << 31;
        for (int bit = 0; bit < 16; bit++) {
            int base = bit < 8 ? 0 : 256;
            for (int i = 0; i < 256; i++) {
                if ((i >>> (bit & 7) & 1) != 0) {
                    table[base + i] ^= direction;
                }
            }
            direction ^= direction >>> 1;
        }
        return table;
    }
}
