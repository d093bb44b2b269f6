package io.renderfleet.api.body;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.util.unit.DataSize;

/** Reads a body up to a maximum size. The rest of a larger body is not read. */
public final class LimitedBody {
    private LimitedBody() {}

    /** Reads the body as text; throws a {@link ProblemException} when it is too large, incomplete or not UTF-8. */
    public static String read(HttpServletRequest request, DataSize limit) {
        int max = Math.toIntExact(limit.toBytes());
        if (request.getContentLengthLong() > max) {
            throw tooLarge(limit);
        }
        byte[] body;
        try {
            body = request.getInputStream().readNBytes(max + 1);
        } catch (IOException e) {
            throw JsonBody.malformed("The body ended before it was complete. Send the request again.");
        }
        if (body.length > max) {
            throw tooLarge(limit);
        }
        return JsonBody.text(body);
    }

    /** The problem {@code body-too-large}. */
    public static ProblemException tooLarge(DataSize limit) {
        return ProblemException.of(
                ProblemType.BODY_TOO_LARGE,
                "The body of this request may have up to " + limit.toKilobytes() + " KB. Send a smaller body.");
    }
}
