package io.renderfleet.fakellm;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request and the connection for its answer. Its methods are called by the thread of the request. */
final class Exchange {
    private final Channel channel;
    private final boolean keepAlive;
    private final String method;
    private final String path;
    private final @Nullable String authorization;
    private final byte[] body;
    private volatile boolean answered;

    /** @param path the path without the query, as it was sent */
    Exchange(
            Channel channel,
            boolean keepAlive,
            String method,
            String path,
            @Nullable String authorization,
            byte[] body) {
        this.channel = channel;
        this.keepAlive = keepAlive;
        this.method = method;
        this.path = path;
        this.authorization = authorization;
        this.body = body;
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    /** The header {@code Authorization}. */
    @Nullable
    String authorization() {
        return authorization;
    }

    byte[] body() {
        return body;
    }

    /** Whether the last part of the answer was handed to the connection. */
    boolean isAnswered() {
        return answered;
    }

    /** Sends an answer in JSON. */
    void send(int status, Map<String, String> headers, byte[] json) {
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(json));
        setHeaders(response, headers, json.length);
        answered = true;
        closeUnlessKept(channel.writeAndFlush(response));
    }

    /** Begins an answer in JSON that {@link #write} and {@link #end} continue. */
    void begin(int status, long length) throws IOException, InterruptedException {
        var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        setHeaders(response, Map.of(), length);
        await(channel.writeAndFlush(response));
    }

    /** Sends a part of the answer, and waits until it is sent. */
    void write(byte[] part) throws IOException, InterruptedException {
        await(channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(part))));
    }

    /** Sends the last part of the answer. */
    void end(byte[] part) {
        answered = true;
        var _ = channel.write(new DefaultHttpContent(Unpooled.wrappedBuffer(part)));
        closeUnlessKept(channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
    }

    /** Closes the connection without an answer. */
    void abort() {
        var _ = channel.close();
    }

    private void setHeaders(HttpResponse response, Map<String, String> headers, long length) {
        headers.forEach((name, value) -> response.headers().set(name, value));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    private void closeUnlessKept(ChannelFuture last) {
        if (!keepAlive) {
            var _ = last.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static void await(ChannelFuture written) throws IOException, InterruptedException {
        if (!written.await().isSuccess()) {
            throw new IOException("The client closed the connection.", written.cause());
        }
    }
}
