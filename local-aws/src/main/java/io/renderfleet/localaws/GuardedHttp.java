package io.renderfleet.localaws;

import io.renderfleet.http.CrossSiteCheck;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.ExtensionId;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.scaladsl.ConnectionContext;
import org.apache.pekko.http.scaladsl.Http;
import org.apache.pekko.http.scaladsl.HttpExt;
import org.apache.pekko.http.scaladsl.model.HttpRequest;
import org.apache.pekko.http.scaladsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.jspecify.annotations.Nullable;
import scala.concurrent.Future;

/**
 * The HTTP servers of an actor system, which refuse what web pages could send. ElasticMQ checks no signatures and
 * accepts every request, even a GET, as a call that may change queues. So a request must not be from a page of another
 * site ({@link CrossSiteCheck}), and must have the header {@code Authorization}, which the SDKs and the command line
 * send and a page cannot.
 *
 * <p>ElasticMQ offers no place for such a check, so this replaces the HTTP extension of its actor system.
 */
final class GuardedHttp extends HttpExt {
    private static final int FORBIDDEN = 403;
    private static final String HEALTH = "/health";

    /** What ElasticMQ gets in place of a refused request; its answer is replaced too. */
    private static final HttpRequest HARMLESS =
            (HttpRequest) org.apache.pekko.http.javadsl.model.HttpRequest.GET(HEALTH);

    private final CrossSiteCheck check;

    private GuardedHttp(ExtendedActorSystem system, CrossSiteCheck check) {
        super(system.settings().config().getConfig("pekko.http"), system);
        this.check = check;
    }

    /** Guards all servers that are started in the system from now on. */
    static void install(ActorSystem system, CrossSiteCheck check) {
        try {
            Class<?> type = system.getClass();
            while (!type.getName().equals("org.apache.pekko.actor.ActorSystemImpl")) {
                type = type.getSuperclass();
            }
            Field field = type.getDeclaredField("extensions");
            field.setAccessible(true);
            @SuppressWarnings("unchecked")
            var extensions = (Map<ExtensionId<?>, Object>) field.get(system);
            extensions.put(Http.lookup(), new GuardedHttp((ExtendedActorSystem) system, check));
        } catch (ReflectiveOperationException e) {
            throw new LocalAwsException("SQS could not be protected from web pages with this version of Pekko.", e);
        }
        if (!(Http.apply(system) instanceof GuardedHttp)) {
            throw new LocalAwsException("SQS is not protected from web pages with this version of Pekko.");
        }
    }

    @Override
    public Future<Http.ServerBinding> bindAndHandleImpl(
            org.apache.pekko.stream.scaladsl.Flow<HttpRequest, HttpResponse, Object> handler,
            String host,
            int port,
            ConnectionContext context,
            ServerSettings settings,
            LoggingAdapter log,
            Materializer materializer) {
        var guarded =
                Flow.fromMaterializer((_, _) -> guarded(handler.asJava())).mapMaterializedValue(Object.class::cast);
        return super.bindAndHandleImpl(guarded.asScala(), host, port, context, settings, log, materializer);
    }

    /** The flow of one connection, in which the answers have the order of the requests. */
    private Flow<HttpRequest, HttpResponse, NotUsed> guarded(Flow<HttpRequest, HttpResponse, Object> handler) {
        Queue<Optional<String>> refusals = new ConcurrentLinkedQueue<>();
        return Flow.of(HttpRequest.class)
                .map(request -> {
                    Optional<String> refusal = refusal(request);
                    refusals.add(refusal);
                    return refusal.isPresent() ? HARMLESS : request;
                })
                .via(handler)
                .map(response -> refusals.remove().map(GuardedHttp::refused).orElse(response));
    }

    private Optional<String> refusal(HttpRequest request) {
        String host = header(request, "Host");
        return check.refuseHost(host)
                .or(() -> check.refuseOrigin(host, header(request, "Origin"), header(request, "Sec-Fetch-Site")))
                .or(() -> isSigned(request)
                        ? Optional.empty()
                        : Optional.of("A request to SQS needs the header Authorization, as the SDKs and the AWS command"
                                + " line send it. Its value is not checked."));
    }

    private static boolean isSigned(HttpRequest request) {
        return header(request, "Authorization") != null
                || request.getUri().path().equals(HEALTH);
    }

    private static @Nullable String header(HttpRequest request, String name) {
        return request.getHeader(name).map(HttpHeader::value).orElse(null);
    }

    private static HttpResponse refused(String reason) {
        return (HttpResponse) org.apache.pekko.http.javadsl.model.HttpResponse.create()
                .withStatus(FORBIDDEN)
                .withEntity(
                        ContentTypes.APPLICATION_JSON,
                        "{\"__type\":\"com.amazonaws.sqs#AccessDenied\",\"message\":\"" + reason + "\"}");
    }
}
