package io.renderfleet.api.body;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.util.unit.DataSize;

/** Reads a body of limited size; a larger one is refused without being read to its end. */
public final class LimitedBody {
    private LimitedBody() {}

    /** The text of the body; {@link ProblemException} when it is too large, cut off or not UTF-8. */
    public static String read(HttpServletRequest request, DataSize limit) {
        int max = Math.toIntExact(limit.toBytes());
        if (request.getContentLengthLong() > max) {
            throw tooLarge(limit);
        }
        byte[] body;
        try {
            body = request.getInputStream().readNBytes(max + 1);
        } catch (IOException e) {
            throw JsonBody.malformed("The body ended before it was complete.");
        }
        if (body.length > max) {
            throw tooLarge(limit);
        }
        return JsonBody.text(body);
    }

    public static ProblemException tooLarge(DataSize limit) {
        return ProblemException.of(
                ProblemType.BODY_TOO_LARGE, "The limit is " + limit.toKilobytes() + " KB for this request.");
    }
}
