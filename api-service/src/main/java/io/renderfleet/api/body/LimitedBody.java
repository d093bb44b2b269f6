package io.renderfleet.api.body;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import org.springframework.util.FastByteArrayOutputStream;
import org.springframework.util.unit.DataSize;

/**
 * Reads a body up to a maximum size, as far as there is memory for it ({@link BodyMemory}). The rest of a larger body is
 * not read.
 */
public final class LimitedBody {
    private static final int CHUNK = 4 * 1024;

    private LimitedBody() {}

    /**
     * Reads the body as text; throws a {@link ProblemException} when it is too large, incomplete or not UTF-8, arrives
     * too slowly, or finds no memory. Its bytes count as held until the end of the request.
     */
    public static String read(HttpServletRequest request, DataSize limit) {
        BodyMemory.Reservation memory = RequestBodyFilter.memory(request);
        DataSize most = DataSize.ofBytes(Math.min(limit.toBytes(), memory.most()));
        if (request.getContentLengthLong() > most.toBytes()) {
            throw tooLarge(most);
        }
        FastByteArrayOutputStream body = new FastByteArrayOutputStream();
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = request.getInputStream();
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                memory.take(read);
                body.write(chunk, 0, read);
                if (body.size() > most.toBytes()) {
                    throw tooLarge(most);
                }
            }
        } catch (IOException e) {
            throw JsonBody.malformed("The body ended before it was complete. Send the request again.");
        }
        return JsonBody.text(body.toByteArrayUnsafe());
    }

    /** The problem {@code body-too-large}. */
    public static ProblemException tooLarge(DataSize limit) {
        return ProblemException.of(
                ProblemType.BODY_TOO_LARGE,
                "The body of this request may have up to " + limit.toKilobytes() + " KB. Send a smaller body.");
    }
}
