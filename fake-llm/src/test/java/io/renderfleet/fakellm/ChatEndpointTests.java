package io.renderfleet.fakellm;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChatEndpointTests {
    private static final FakeLlmSettings SETTINGS = FakeLlmSettings.defaults().withLatency(Latency.NONE);

    private final Journal journal = new Journal();
    private final Accounts accounts = new Accounts(SETTINGS, System::nanoTime);
    private long endedBeforeTheLastPart = -1;

    /** Otherwise a client that begins its next call at once would seem to exceed a limit of concurrent calls. */
    @ParameterizedTest
    @EnumSource(names = {"OK", "HUGE", "RATE_LIMITED", "UNAUTHORIZED", "CONTENT_FILTER"})
    void aCallEndsBeforeTheLastPartOfItsAnswerIsSent(Behaviour.Kind kind) throws Exception {
        accounts.key("fake-key").orElseThrow().behaviour().set(Behaviour.of(kind));
        var channel = new EmbeddedChannel(new Connection());
        var exchange = new Exchange(
                channel,
                true,
                "POST",
                "/v1/chat/completions",
                "Bearer fake-key",
                Client.QUESTION.getBytes(StandardCharsets.UTF_8));
        new ChatEndpoint(SETTINGS, accounts, journal).handle(exchange);
        assertThat(endedBeforeTheLastPart).isEqualTo(1);
        assertThat(accounts.domain("default").orElseThrow().inProgress()).isZero();
    }

    /** Notes how many calls have ended when the last part of an answer is sent. */
    private final class Connection extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof LastHttpContent) {
                endedBeforeTheLastPart = journal.count();
            }
            ReferenceCountUtil.release(message);
            promise.setSuccess();
        }
    }
}
