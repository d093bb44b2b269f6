package io.renderfleet.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 with deadlines. Tomcat limits only the time between two arrivals of bytes, so that a client that
 * sends a byte now and then could hold a connection, and what the server keeps for it, for hours. Here the headers of a
 * request must arrive within a time limit, and so must the rest of a body that was not read, which Tomcat discards.
 * Whoever reads a body sets the {@link ReadDeadline} of its connection.
 *
 * <p>Public because Tomcat creates it by its class name.
 */
public final class TimedHttp11Protocol extends Http11NioProtocol {
    private static final long CHECK_MILLIS = 500;

    private final Set<ReadDeadline> pending = ConcurrentHashMap.newKeySet();
    private Duration limit = Duration.ofSeconds(10);
    private @Nullable ScheduledFuture<?> check;

    /** Sets the time limit for the headers of a request, and for a body that is discarded. */
    void setLimit(Duration limit) {
        this.limit = limit;
    }

    @Override
    public void start() throws Exception {
        super.start();
        check = getUtilityExecutor()
                .scheduleWithFixedDelay(
                        () -> pending.forEach(ReadDeadline::enforce),
                        CHECK_MILLIS,
                        CHECK_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() throws Exception {
        if (check != null) {
            check.cancel(false);
        }
        super.stop();
    }

    @Override
    protected Processor createProcessor() {
        ReadDeadline deadline = new ReadDeadline(pending);
        return new TimedProcessor(new TimedAdapter(getAdapter(), deadline), deadline);
    }

    /** Sets the deadline when the first bytes of a request arrive. Its headers may arrive in any number of parts. */
    private final class TimedProcessor extends Http11Processor {
        private final ReadDeadline deadline;

        TimedProcessor(Adapter adapter, ReadDeadline deadline) {
            super(TimedHttp11Protocol.this, adapter);
            this.deadline = deadline;
        }

        @Override
        public SocketState service(SocketWrapperBase<?> socket) throws IOException {
            deadline.begin(socket, socket::close, limit);
            SocketState state = super.service(socket);
            boolean waitsForHeaders = state == SocketState.LONG && !isAsync();
            if (!waitsForHeaders) {
                deadline.clear();
            }
            return state;
        }
    }

    /** Removes the deadline while a request is handled, and sets it again for the bytes that the handler did not read. */
    private final class TimedAdapter implements Adapter {
        private final Adapter adapter;
        private final ReadDeadline deadline;

        TimedAdapter(Adapter adapter, ReadDeadline deadline) {
            this.adapter = adapter;
            this.deadline = deadline;
        }

        @Override
        public void service(Request request, Response response) throws Exception {
            deadline.clear();
            request.setAttribute(ReadDeadline.ATTRIBUTE, deadline);
            try {
                adapter.service(request, response);
            } finally {
                deadline.in(limit);
            }
        }

        @Override
        public boolean prepare(Request request, Response response) throws Exception {
            return adapter.prepare(request, response);
        }

        @Override
        public boolean asyncDispatch(Request request, Response response, SocketEvent event) throws Exception {
            return adapter.asyncDispatch(request, response, event);
        }

        @Override
        public void log(Request request, Response response, long time) {
            adapter.log(request, response, time);
        }

        @Override
        public void checkRecycled(Request request, Response response) {
            adapter.checkRecycled(request, response);
        }

        @Override
        public String getDomain() {
            return adapter.getDomain();
        }
    }
}
