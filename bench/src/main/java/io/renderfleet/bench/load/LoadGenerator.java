package io.renderfleet.bench.load;

import io.renderfleet.bench.BenchException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A fixed number of clients, each of which sends its next request as soon as the former was answered: the API sets
 * the pace.
 */
public final class LoadGenerator {
    private final int clients;

    /**
     * With so many clients.
     *
     * @param clients connections at a time
     */
    public LoadGenerator(int clients) {
        this.clients = clients;
    }

    /** Something that a client asks for; the jobs that came of it. */
    @FunctionalInterface
    public interface Request {
        List<Submitted> send() throws InterruptedException;
    }

    /**
     * Sends a request so many times; returns when all were answered.
     *
     * @throws BenchException when one was refused; what the others did is lost
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
