package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/** The records of a {@link FileJournal} as bytes. */
final class JournalRecord {
    /** The bytes before a record. */
    static final int HEADER = Integer.BYTES * 3;
    /** Combined with the length to detect a damaged length, which would look like an incomplete record at the end. */
    private static final int LENGTH_CHECK = 0x52464442;

    private static final int DEFINE = 'D';
    private static final int DROP = 'X';
    private static final int WRITE = 'W';

    private JournalRecord() {}

    /** Decodes a record and applies its change to the content. */
    static void read(byte[] record, FileJournal.Content content) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(record))) {
            int kind = in.read();
            switch (kind) {
                case DEFINE -> content.define(TableDefinition.ofJson(Json.parse(in.readAllBytes())));
                case DROP -> content.drop(in.readUTF());
                case WRITE -> {
                    Optional<Journal.Token> token = in.readBoolean()
                            ? Optional.of(new Journal.Token(in.readUTF(), in.readUTF(), in.readLong()))
                            : Optional.empty();
                    int count = in.readInt();
                    var writes = new ArrayList<Journal.Write>();
                    for (int i = 0; i < count; i++) {
                        String table = in.readUTF();
                        Key key = new Key(in.readNBytes(in.readInt()));
                        int length = in.readInt();
                        writes.add(new Journal.Write(
                                table, key, length < 0 ? Optional.empty() : Optional.of(in.readNBytes(length))));
                    }
                    content.write(writes, token);
                }
                default ->
                    throw new IOException("the journal has a record of the unknown kind " + kind
                            + "; it was written by a newer version");
            }
        } catch (EOFException e) {
            throw new IOException("the journal has a record that is too short", e);
        }
    }

    static byte[] of(TableDefinition table) {
        ObjectNode json = table.toJson();
        return record(out -> {
            out.write(DEFINE);
            out.write(Json.bytes(json));
        });
    }

    static byte[] dropped(String tableId) {
        return record(out -> {
            out.write(DROP);
            out.writeUTF(tableId);
        });
    }

    static byte[] of(List<Journal.Write> writes, Optional<Journal.Token> token) {
        return record(out -> {
            out.write(WRITE);
            out.writeBoolean(token.isPresent());
            if (token.isPresent()) {
                out.writeUTF(token.get().token());
                out.writeUTF(token.get().digest());
                out.writeLong(token.get().epochMillis());
            }
            out.writeInt(writes.size());
            for (Journal.Write write : writes) {
                out.writeUTF(write.tableId());
                out.writeInt(write.key().bytes().length);
                out.write(write.key().bytes());
                out.writeInt(write.item().map(item -> item.length).orElse(-1));
                if (write.item().isPresent()) {
                    out.write(write.item().get());
                }
            }
        });
    }

    @FunctionalInterface
    private interface RecordWriter {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] record(RecordWriter writer) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static int lengthCheck(int length) {
        return length ^ LENGTH_CHECK;
    }

    /** The record, preceded by its length, a check of the length, and the checksum of the record. */
    static byte[] framed(byte[] record) {
        return ByteBuffer.allocate(HEADER + record.length)
                .putInt(record.length)
                .putInt(lengthCheck(record.length))
                .putInt(checksum(record))
                .put(record)
                .array();
    }

    static int checksum(byte[] record) {
        var crc = new CRC32C();
        crc.update(record);
        return (int) crc.getValue();
    }
}
