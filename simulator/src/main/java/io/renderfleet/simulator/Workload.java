package io.renderfleet.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Jobs over time. The run times of renders are distributed lognormally, because most are short and a few are many times
 * longer. Their mean is the one for which the template's target was computed. With the same seed every policy gets the
 * same jobs.
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
        // Adjacent seeds of Random begin with similar values, so the seeds are drawn from another generator.
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

    /**
     * Knuth's algorithm, which is fast for small means (D. Knuth, "The Art of Computer Programming", vol. 2, 3.4.1).
     */
    private static int poisson(double mean, Random random) {
        double limit = StrictMath.exp(-mean);
        int count = 0;
        for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
            count++;
        }
        return count;
    }
}
