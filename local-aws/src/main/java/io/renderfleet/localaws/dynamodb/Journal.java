package io.renderfleet.localaws.dynamodb;

import java.util.List;
import java.util.Optional;

/** Records changes before they are applied, so that they survive the process. */
interface Journal extends AutoCloseable {
    /** A journal that records nothing. */
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
     * The new state of an item.
     *
     * @param tableId the id of its table, which is never used again, not even for a table with the same name
     * @param key the key of the item
     * @param item the encoded item; empty if it is deleted
     */
    record Write(String tableId, Key key, Optional<byte[]> item) {}

    /**
     * The client request token of a completed transaction.
     *
     * @param token the token
     * @param digest the digest of the request, because a token is valid for one request only
     * @param epochMillis the time of the transaction
     */
    record Token(String token, String digest, long epochMillis) {}

    /** Records a table that is new or has new settings. */
    void define(TableDefinition table);

    void drop(String tableId);

    /** Records changes of items atomically: after a crash all of them are present, or none. */
    void write(List<Write> writes, Optional<Token> token);

    @Override
    void close();
}
