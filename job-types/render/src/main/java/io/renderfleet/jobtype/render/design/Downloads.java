package io.renderfleet.jobtype.render.design;

import io.renderfleet.http.ReadDeadline;
import io.renderfleet.identity.Caller;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the bytes of designs to clients, with little memory for each. Each download takes a connection to S3, so that their
 * number is limited, in all and for a user, and so is the time of each. An answer that cannot be sent as a whole ends with
 * its connection, so that no client takes a part for the whole.
 *
 * <p>Thread-safe.
 */
class Downloads {
    private static final Logger log = LoggerFactory.getLogger(Downloads.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final int CHUNK = 16 * 1024;

    private final DesignStore store;
    private final DesignSettings settings;
    private final Map<Caller, Integer> held = new HashMap<>();
    private int total;

    Downloads(DesignStore store, DesignSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    /**
     * Sends the bytes of a design.
     *
     * @throws ProblemException before anything is sent, if there is no capacity for the download or the bytes are gone
     * @throws IOException if the client has closed the connection
     */
    void send(Design design, Caller caller, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        enter(caller);
        ReadDeadline deadline = ReadDeadline.of(request);
        try (InputStream in = open(design)) {
            response.setContentType(design.contentType());
            response.setContentLengthLong(design.bytes());
            if (deadline != null) {
                deadline.in(settings.downloadTime(design.bytes()));
            }
            copy(in, design, response.getOutputStream(), deadline);
        } finally {
            if (deadline != null) {
                deadline.clear();
            }
            leave(caller);
        }
    }

    private InputStream open(Design design) {
        try {
            return store.open(design.digest());
        } catch (DesignGoneException e) {
            throw ProblemException.of(
                    DesignProblems.NOT_FOUND,
                    "The file of design " + design.id() + " is no longer stored. Upload it again with PUT /designs/"
                            + design.id() + ".");
        }
    }

    private static void copy(InputStream in, Design design, OutputStream out, @Nullable ReadDeadline deadline)
            throws IOException {
        byte[] chunk = new byte[CHUNK];
        long left = design.bytes();
        while (left > 0) {
            int read;
            try {
                read = in.read(chunk, 0, (int) Math.min(CHUNK, left));
            } catch (IOException | RuntimeException e) {
                log.warn("The download of design {} ended early, because S3 failed: {}", design.id(), e.toString());
                read = -1;
            }
            if (read < 0) {
                if (deadline != null) {
                    deadline.closeConnection();
                }
                return;
            }
            out.write(chunk, 0, read);
            left -= read;
        }
    }

    private synchronized void enter(Caller caller) {
        int own = held.getOrDefault(caller, 0);
        if (total >= settings.concurrentDownloads() || own >= settings.concurrentDownloads() / 2) {
            throw ProblemException.unavailable(
                    ProblemType.BUSY,
                    "Too many designs are being downloaded" + (own > 0 ? ", " + own + " of them by you" : "")
                            + ". Send the request again after the time in the Retry-After header.",
                    RETRY_AFTER,
                    null);
        }
        held.put(caller, own + 1);
        total++;
    }

    private synchronized void leave(Caller caller) {
        held.computeIfPresent(caller, (_, own) -> own == 1 ? null : own - 1);
        total--;
    }
}
