package io.renderfleet.api.page;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.commons.codec.digest.DigestUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.context.request.ServletWebRequest;

/**
 * Answers GET and HEAD with content of this process. Browsers ask again for it each time, and get 304 if it is the same.
 * It is not the operation of a controller, because the issuer of tokens adds query parameters to the address of the page.
 */
final class PageFile implements HttpRequestHandler {
    private static final List<String> METHODS = List.of(HttpMethod.GET.name(), HttpMethod.HEAD.name());

    private final Function<HttpServletRequest, byte[]> content;
    private final Map<String, String> headers;

    /**
     * @param content the content for a request
     * @param headers headers of the answer, which replace those that were set before
     */
    PageFile(Function<HttpServletRequest, byte[]> content, Map<String, String> headers) {
        this.content = content;
        this.headers = Map.copyOf(headers);
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (!METHODS.contains(request.getMethod())) {
            throw new HttpRequestMethodNotSupportedException(request.getMethod(), METHODS);
        }
        byte[] body = content.apply(request);
        headers.forEach(response::setHeader);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        if (!new ServletWebRequest(request, response).checkNotModified(etag(body))) {
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }

    /** A weak validator: Tomcat does not compress an answer with a strong one. */
    static String etag(byte[] content) {
        return "W/\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(DigestUtils.sha256(content)) + "\"";
    }
}
