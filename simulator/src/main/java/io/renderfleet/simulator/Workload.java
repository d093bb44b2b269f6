package io.renderfleet.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Jobs over time. Renders take a lognormal time, since most are quick and a few take many times as long; its mean is the
 * one that the template's target is worked out for. A seed gives the same jobs to every policy.
 */
enum Workload {
    STEADY("steady", "0.6 jobs/s for 24 h, 20 s each", 24 * 3600, 20, 0.8) {
        @Override
        int arrivals(int second, Random random) {
            return poisson(0.6, random);
        }
    },
    WAVE("daily wave", "0 to 0.8 jobs/s and back in 24 h, 20 s each", 24 * 3600, 20, 0.8) {
        @Override
        int arrivals(int second, Random random) {
            return poisson(0.4 * (1 - StrictMath.cos(2 * Math.PI * second / submitSeconds())), random);
        }
    },
    BURST("burst", "50,000 jobs in 10 s, 20 s each", 10, 20, 0.8) {
        @Override
        int arrivals(int second, Random random) {
            return 5_000;
        }
    },
    HOURS("hour-long jobs", "10 jobs/h for 24 h, 60 min each", 24 * 3600, 3600, 0) {
        @Override
        int arrivals(int second, Random random) {
            return poisson(10 / 3600.0, random);
        }
    };

    private final String label;
    private final String description;
    private final int submitSeconds;
    private final int meanSeconds;
    private final double sigma;

    Workload(String label, String description, int submitSeconds, int meanSeconds, double sigma) {
        this.label = label;
        this.description = description;
        this.submitSeconds = submitSeconds;
        this.meanSeconds = meanSeconds;
        this.sigma = sigma;
    }

    abstract int arrivals(int second, Random random);

    String label() {
        return label;
    }

    String description() {
        return description;
    }

    int submitSeconds() {
        return submitSeconds;
    }

    int meanSeconds() {
        return meanSeconds;
    }

    /** In the order of their submission. */
    List<QueuedJob> jobs(long seed) {
        // Neighbouring seeds of Random begin alike, so that each gets one from a better source.
        var seeds = new SplittableRandom(seed);
        Random arrivals = new Random(seeds.nextLong());
        Random durations = new Random(seeds.nextLong());
        List<QueuedJob> jobs = new ArrayList<>();
        for (int second = 0; second < submitSeconds; second++) {
            for (int count = arrivals(second, arrivals); count > 0; count--) {
                jobs.add(new QueuedJob(second, seconds(durations)));
            }
        }
        return jobs;
    }

    private int seconds(Random random) {
        // The mean of exp(mu + sigma x) is exp(mu + sigma^2 / 2).
        double seconds = meanSeconds * StrictMath.exp(sigma * random.nextGaussian() - sigma * sigma / 2);
        return (int) Math.max(1, Math.rint(seconds));
    }

    /** Knuth's way, which is quick where the mean is small. */
    private static int poisson(double mean, Random random) {
        double limit = StrictMath.exp(-mean);
        int count = 0;
        for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
            count++;
        }
        return count;
    }
}
