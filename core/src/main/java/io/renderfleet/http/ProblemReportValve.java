package io.renderfleet.http;

import io.renderfleet.problem.ProblemType;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * Answers requests that Tomcat refuses before a servlet is called, such as one with an invalid path, with problem
 * details and security headers instead of Tomcat's HTML page. Public because Tomcat creates it by its class name.
 */
public final class ProblemReportValve extends ErrorReportValve {
    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        ProblemType type = status < 500 ? ProblemType.INVALID_REQUEST : ProblemType.INTERNAL_ERROR;
        SecurityHeaders.addTo(response);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        try {
            Writer writer = response.getReporter();
            if (writer != null) {
                writer.write("{\"type\":\"%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}"
                        .formatted(
                                type.uri(),
                                type.title(),
                                status,
                                "The request is not valid HTTP. Check its path and its headers."));
                response.finishResponse();
            }
        } catch (IOException e) {
            // The client has closed the connection.
        }
    }
}
