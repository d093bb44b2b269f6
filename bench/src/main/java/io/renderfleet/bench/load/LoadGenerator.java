package io.renderfleet.bench.load;

import io.renderfleet.bench.BenchException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A closed-loop load generator: a fixed number of clients, each of which sends its next request as soon as the previous
 * one was answered.
 */
public final class LoadGenerator {
    private final int clients;

    /**
     * Creates a load generator.
     *
     * @param clients the number of clients, each with one connection
     */
    public LoadGenerator(int clients) {
        this.clients = clients;
    }

    /** A request of a client; returns the jobs that it submitted. */
    @FunctionalInterface
    public interface Request {
        List<Submitted> send() throws InterruptedException;
    }

    /**
     * Sends a request the given number of times and returns when all were answered.
     *
     * @throws BenchException if one was refused; the results of the others are discarded
     */
    public List<Submitted> send(Request request, int times) throws InterruptedException {
        List<Future<List<Submitted>>> sent = new ArrayList<>(times);
        try (ExecutorService threads = Executors.newFixedThreadPool(
                clients, Thread.ofVirtual().name("client-", 0).factory())) {
            for (int i = 0; i < times; i++) {
                sent.add(threads.submit(request::send));
            }
            List<Submitted> all = new ArrayList<>();
            for (Future<List<Submitted>> one : sent) {
                all.addAll(one.get());
            }
            return all;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BenchException refused
                    ? refused
                    : new BenchException("A client failed: " + e.getCause(), e);
        }
    }
}
