package io.renderfleet.localaws;

import io.renderfleet.http.CrossSiteCheck;
import java.lang.reflect.Field;
import java.util.Optional;
import java.util.Set;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.shaded.org.eclipse.jetty.http.HttpFields;
import org.gaul.shaded.org.eclipse.jetty.io.Content;
import org.gaul.shaded.org.eclipse.jetty.server.Handler;
import org.gaul.shaded.org.eclipse.jetty.server.Request;
import org.gaul.shaded.org.eclipse.jetty.server.Response;
import org.gaul.shaded.org.eclipse.jetty.server.Server;
import org.gaul.shaded.org.eclipse.jetty.util.Callback;

/**
 * Refuses what web pages of other sites could send to S3, by {@link CrossSiteCheck}. The signatures that S3Proxy
 * verifies do not keep pages out, because the keys of local AWS are known. Any page may link to an object, so GET and
 * HEAD are allowed.
 *
 * <p>S3Proxy offers no place for such a check, so this wraps the handler of its server.
 */
final class GuardedS3 extends Handler.Wrapper {
    private static final int FORBIDDEN = 403;
    private static final Set<String> READS = Set.of("GET", "HEAD");

    private final CrossSiteCheck check;

    private GuardedS3(Handler guarded, CrossSiteCheck check) {
        super(guarded);
        this.check = check;
    }

    /** Guards a server that has not been started. */
    static void install(S3Proxy proxy, CrossSiteCheck check) {
        try {
            Field field = S3Proxy.class.getDeclaredField("server");
            field.setAccessible(true);
            Server server = (Server) field.get(proxy);
            server.setHandler(new GuardedS3(server.getHandler(), check));
        } catch (ReflectiveOperationException e) {
            throw new LocalAwsException("S3 could not be protected from web pages with this version of S3Proxy.", e);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Optional<String> refusal = refusal(request.getMethod(), request.getHeaders());
        if (refusal.isEmpty()) {
            return super.handle(request, response, callback);
        }
        response.setStatus(FORBIDDEN);
        response.getHeaders().put("Content-Type", "application/xml");
        Content.Sink.write(
                response,
                true,
                "<Error><Code>AccessDenied</Code><Message>" + refusal.get() + "</Message></Error>",
                callback);
        return true;
    }

    private Optional<String> refusal(String method, HttpFields headers) {
        String host = headers.get("Host");
        return check.refuseHost(host)
                .or(() -> READS.contains(method)
                        ? Optional.empty()
                        : check.refuseOrigin(host, headers.get("Origin"), headers.get("Sec-Fetch-Site")));
    }
}
