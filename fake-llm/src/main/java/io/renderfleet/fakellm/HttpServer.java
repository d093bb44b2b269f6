package io.renderfleet.fakellm;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server that handles each request in a virtual thread and, unless told otherwise, interrupts that thread when
 * the client closes the connection. A connection has one request at a time, and is closed when it was idle for five minutes.
 */
final class HttpServer implements AutoCloseable {
    private static final int IDLE_SECONDS = 300;
    private static final int BACKLOG = 1_024;
    private static final int STOP_SECONDS = 5;
    private static final System.Logger log = System.getLogger(HttpServer.class.getName());

    private final Handler handler;
    private final ProviderErrors errors;
    private final int maxBody;
    private volatile boolean noticesClosed = true;
    /** One thread, so that a closed connection is noticed before what its client does next. */
    private final EventLoopGroup network = new NioEventLoopGroup(1, new DefaultThreadFactory("fake-llm-network", true));

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("fake-llm-", 0).factory());
    private final Channel channel;

    /** Answers requests. */
    interface Handler {
        /**
         * Answers a request.
         *
         * @throws ApiError for an error response
         * @throws IOException if the client has closed the connection
         * @throws InterruptedException if the client has closed the connection
         */
        void handle(Exchange exchange) throws IOException, InterruptedException;
    }

    /** @throws IOException if the address cannot be listened on */
    HttpServer(InetSocketAddress address, int maxBody, ProviderErrors errors, Handler handler) throws IOException {
        this.handler = handler;
        this.errors = errors;
        this.maxBody = maxBody;
        var bound = new ServerBootstrap()
                .group(network)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new Connections())
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close(network);
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        channel = bound.channel();
    }

    /** Whether the requests of connections that are closed from now on are interrupted. */
    void setNoticesClosed(boolean value) {
        noticesClosed = value;
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Closes all connections and ends all requests. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
        threads.shutdownNow();
        close(network);
    }

    private static void close(EventLoopGroup network) {
        network.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
    }

    private void handle(Exchange exchange) {
        try {
            handler.handle(exchange);
        } catch (ApiError e) {
            send(exchange, e);
        } catch (IOException e) {
            exchange.abort();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.abort();
        } catch (RuntimeException e) {
            log.log(Level.ERROR, "Unexpected error in " + exchange.method() + " " + exchange.path(), e);
            if (exchange.isAnswered()) {
                exchange.abort();
            } else {
                send(exchange, errors.other(500, "Internal error in fake-llm; its log has the details."));
            }
        }
    }

    static void send(Exchange exchange, ApiError error) {
        Map<String, String> headers = error.retryAfter()
                .map(wait -> Map.of("Retry-After", Long.toString(wait.toSeconds())))
                .orElse(Map.of());
        exchange.send(error.status(), headers, Json.bytes(error.body()));
    }

    private final class Connections extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel connection) {
            ChannelPipeline pipeline = connection.pipeline();
            pipeline.addLast(new IdleStateHandler(0, 0, IDLE_SECONDS));
            pipeline.addLast(new HttpServerCodec());
            pipeline.addLast(new Body());
            pipeline.addLast(new Connection());
        }
    }

    /** Reads bodies. The rest of one that is too large is skipped, so that its client receives the answer. */
    private final class Body extends HttpObjectAggregator {
        Body() {
            super(maxBody);
        }

        @Override
        protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
            boolean expectsContinue = HttpUtil.is100ContinueExpected(oversized);
            var exchange = new Exchange(
                    context.channel(), HttpUtil.isKeepAlive(oversized) && !expectsContinue, "", "", null, new byte[0]);
            send(exchange, errors.tooLarge(maxBody));
        }
    }

    /** Used by the network thread only. */
    private final class Connection extends SimpleChannelInboundHandler<FullHttpRequest> {
        private @Nullable Exchange exchange;
        private @Nullable Future<?> thread;

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            boolean pipelined = exchange != null && !exchange.isAnswered();
            if (pipelined) {
                var _ = context.close();
                return;
            }
            boolean valid = request.decoderResult().isSuccess();
            String target = request.uri();
            int query = target.indexOf('?');
            var next = new Exchange(
                    context.channel(),
                    valid && HttpUtil.isKeepAlive(request),
                    request.method().name(),
                    query < 0 ? target : target.substring(0, query),
                    request.headers().get(HttpHeaderNames.AUTHORIZATION),
                    ByteBufUtil.getBytes(request.content()));
            exchange = next;
            if (valid) {
                thread = threads.submit(() -> handle(next));
            } else {
                send(next, errors.invalidRequest("The request is not valid HTTP.", null));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (noticesClosed && thread != null) {
                thread.cancel(true);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof IdleStateEvent) {
                var _ = context.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // The connection was reset, or its client does not speak HTTP.
            var _ = context.close();
        }
    }
}
