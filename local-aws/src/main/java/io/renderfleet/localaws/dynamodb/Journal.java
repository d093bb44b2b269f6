package io.renderfleet.localaws.dynamodb;

import java.util.List;
import java.util.Optional;

/** Where changes are kept before they are made, so that they outlive the process. */
interface Journal extends AutoCloseable {
    /** Keeps nothing. */
    Journal NONE = new Journal() {
        @Override
        public void define(TableDefinition table) {}

        @Override
        public void drop(String tableId) {}

        @Override
        public void write(List<Write> writes, Optional<Token> token) {}

        @Override
        public void close() {}
    };

    /**
     * An item as it is from now on.
     *
     * @param tableId the id of its table, which no other table ever has, also none of the same name
     * @param key of the item
     * @param item encoded; empty when it is deleted
     */
    record Write(String tableId, Key key, Optional<byte[]> item) {}

    /**
     * The token of a transaction that happened.
     *
     * @param digest of the request, because a token is valid for one request only
     * @param epochMillis when it happened
     */
    record Token(String token, String digest, long epochMillis) {}

    /** A table that is new, or has new settings. */
    void define(TableDefinition table);

    void drop(String tableId);

    /** Items that change together: after a crash all of them have, or none. */
    void write(List<Write> writes, Optional<Token> token);

    @Override
    void close();
}
