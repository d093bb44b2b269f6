package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The client request tokens of the transactions of the last ten minutes. A repeated request with the same token has no
 * further effect; another request with the same token is refused.
 */
final class TransactionTokens {
    private static final Duration KEPT = Duration.ofMinutes(10);
    /** The largest number of tokens, for 1,000 transactions per second; beyond it the oldest are removed early. */
    private static final int MOST = 600_000;

    private final Map<String, Known> known = new LinkedHashMap<>();
    private final Clock clock;

    private record Known(Journal.Token token, boolean ended) {}

    TransactionTokens(Clock clock) {
        this.clock = clock;
    }

    /**
     * Registers the token of a new transaction; empty if the transaction was completed before.
     * {@code IdempotentParameterMismatchException} when the token was used with another request,
     * {@code TransactionInProgressException} when its transaction is under way.
     */
    synchronized Optional<Journal.Token> begin(String token, JsonNode items) {
        forgetOld();
        String digest = digest(items);
        Known earlier = known.get(token);
        if (earlier == null) {
            var made = new Journal.Token(token, digest, clock.millis());
            known.put(token, new Known(made, false));
            return Optional.of(made);
        }
        if (!earlier.token().digest().equals(digest)) {
            throw ServiceException.of(
                    "IdempotentParameterMismatchException",
                    "The request was rejected because it used the same client token as a previous request, but with "
                            + "different parameters.");
        }
        if (!earlier.ended()) {
            throw ServiceException.of(
                    "TransactionInProgressException",
                    "A transaction with the same client token is already in progress.");
        }
        return Optional.empty();
    }

    synchronized void end(Journal.Token token, boolean written) {
        if (written) {
            known.put(token.token(), new Known(token, true));
        } else {
            known.remove(token.token());
        }
    }

    /** Adds a token that is in the journal. */
    synchronized void restore(Journal.Token token) {
        known.put(token.token(), new Known(token, true));
    }

    /** The tokens of completed transactions, the oldest first. */
    synchronized List<Journal.Token> made() {
        forgetOld();
        var made = new ArrayList<Journal.Token>();
        known.values().stream().filter(Known::ended).map(Known::token).forEach(made::add);
        return made;
    }

    private void forgetOld() {
        long oldest = clock.millis() - KEPT.toMillis();
        var tokens = known.values().iterator();
        while (tokens.hasNext()) {
            Known next = tokens.next();
            if (next.token().epochMillis() >= oldest && known.size() <= MOST) {
                return;
            }
            tokens.remove();
        }
    }

    private static String digest(JsonNode items) {
        try {
            byte[] bytes = Json.canonical(items);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
