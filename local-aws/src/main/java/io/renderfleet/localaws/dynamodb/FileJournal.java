package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal in a file that only grows. Each record has its length and a CRC-32C of its bytes before it, and is with the
 * operating system before its change is acknowledged: it outlives the process, however that ends, but not a loss of
 * power. A record that the end of the file cuts off was not acknowledged and is dropped; any other damage is reported
 * and nothing is started. When it is opened, the file is written anew with what is left of it.
 *
 * <p>A directory serves one process at a time.
 */
final class FileJournal implements Journal {
    private static final Logger log = LoggerFactory.getLogger(FileJournal.class);
    private static final String FILE = "dynamodb.journal";
    private static final int HEADER = Integer.BYTES * 3;
    /** Tells a length that was written from damage, which could be taken for a record that the end cuts off. */
    private static final int LENGTH_CHECK = 0x52464442;

    /** A transaction of 100 items of 400 KB, and some more. */
    private static final int MAX_RECORD = 64 << 20;

    private static final int DEFINE = 'D';
    private static final int DROP = 'X';
    private static final int WRITE = 'W';

    /** The directories of this process: closing a second channel to a lock file would give up the lock of the first. */
    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel lock;
    private final FileChannel channel;
    /** Half a record is at the end and could not be taken away: nothing may follow it. */
    private boolean broken;

    /** Who takes in what the journal holds when it is opened, and then says what is left of it. */
    interface Content {
        void define(TableDefinition table);

        void drop(String tableId);

        void write(List<Write> writes, Optional<Token> token);

        /** Writes all that there is now, in as many records as it likes. */
        void writeTo(Journal journal);
    }

    private FileJournal(Path directory, FileChannel lock, FileChannel channel) {
        this.directory = directory;
        this.lock = lock;
        this.channel = channel;
    }

    /** Reads the journal of a directory into {@code content}, and makes one when there is none. */
    static FileJournal open(Path dataDir, Content content) throws IOException {
        Path directory = Files.createDirectories(dataDir).toRealPath();
        FileChannel lock = lock(directory);
        try {
            Path file = directory.resolve(FILE);
            if (Files.exists(file)) {
                replay(file, content);
            }
            Path compacted = directory.resolve(FILE + ".new");
            try (var out = new BufferedOutputStream(Files.newOutputStream(compacted))) {
                content.writeTo(new StreamJournal(out));
            }
            try (var written = FileChannel.open(compacted, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(compacted, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new FileJournal(
                    directory, lock, FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
        } catch (IOException | RuntimeException e) {
            lock.close();
            IN_USE.remove(directory);
            throw e;
        }
    }

    @Override
    public void define(TableDefinition table) {
        append(definition(table));
    }

    @Override
    public void drop(String tableId) {
        append(dropped(tableId));
    }

    @Override
    public void write(List<Write> writes, Optional<Token> token) {
        if (!writes.isEmpty() || token.isPresent()) {
            append(written(writes, token));
        }
    }

    @Override
    public void close() {
        try (lock;
                channel) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            IN_USE.remove(directory);
        }
    }

    private void append(byte[] record) {
        var framed = ByteBuffer.wrap(framed(record));
        try {
            synchronized (channel) {
                if (broken) {
                    throw new IOException("an earlier record could not be written whole; free space and start again");
                }
                long end = channel.size();
                try {
                    while (framed.hasRemaining()) {
                        channel.write(framed);
                    }
                } catch (IOException e) {
                    // Half a record would make all later ones unreadable.
                    broken = true;
                    channel.truncate(end);
                    broken = false;
                    throw e;
                }
            }
        } catch (IOException e) {
            log.error("The journal of DynamoDB could not be written; the request fails and nothing has changed", e);
            throw ServiceException.internal("The journal could not be written: " + e.getMessage());
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        var inUse = new IOException("the directory " + directory
                + " is in use; stop the local AWS that uses it, or choose another directory with --data-dir");
        if (!IN_USE.add(directory)) {
            throw inUse;
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    directory.resolve(FILE + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw inUse;
            }
            return channel;
        } catch (IOException e) {
            IN_USE.remove(directory);
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    private static void replay(Path file, Content content) throws IOException {
        long size = Files.size(file);
        long at = 0;
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            while (at < size) {
                long rest = size - at - HEADER;
                if (rest < 0) {
                    warnOfIncomplete(file, size - at);
                    return;
                }
                int length = in.readInt();
                if (in.readInt() != (length ^ LENGTH_CHECK) || length < 0 || length > MAX_RECORD) {
                    throw damaged(file, at);
                }
                if (length > rest) {
                    warnOfIncomplete(file, size - at);
                    return;
                }
                int checksum = in.readInt();
                byte[] record = in.readNBytes(length);
                if (checksum(record) != checksum) {
                    throw damaged(file, at);
                }
                apply(record, content);
                at += HEADER + length;
            }
        }
    }

    private static void warnOfIncomplete(Path file, long bytes) {
        log.warn(
                "Dropping an incomplete record of {} bytes at the end of {}: it was being written when the process ended, "
                        + "and was not acknowledged",
                bytes,
                file);
    }

    private static IOException damaged(Path file, long at) {
        return new IOException("the journal " + file + " is damaged at byte " + at
                + "; restore it from a copy, or move it away to start without tables");
    }

    private static void apply(byte[] record, Content content) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(record))) {
            int kind = in.read();
            switch (kind) {
                case DEFINE -> content.define(TableDefinition.ofJson(Json.parse(in.readAllBytes())));
                case DROP -> content.drop(in.readUTF());
                case WRITE -> {
                    Optional<Token> token = in.readBoolean()
                            ? Optional.of(new Token(in.readUTF(), in.readUTF(), in.readLong()))
                            : Optional.empty();
                    int count = in.readInt();
                    var writes = new ArrayList<Write>();
                    for (int i = 0; i < count; i++) {
                        String table = in.readUTF();
                        Key key = new Key(in.readNBytes(in.readInt()));
                        int length = in.readInt();
                        writes.add(new Write(
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

    private static byte[] definition(TableDefinition table) {
        ObjectNode json = table.toJson();
        return record(out -> {
            out.write(DEFINE);
            out.write(Json.bytes(json));
        });
    }

    private static byte[] dropped(String tableId) {
        return record(out -> {
            out.write(DROP);
            out.writeUTF(tableId);
        });
    }

    private static byte[] written(List<Write> writes, Optional<Token> token) {
        return record(out -> {
            out.write(WRITE);
            out.writeBoolean(token.isPresent());
            if (token.isPresent()) {
                out.writeUTF(token.get().token());
                out.writeUTF(token.get().digest());
                out.writeLong(token.get().epochMillis());
            }
            out.writeInt(writes.size());
            for (Write write : writes) {
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

    private static byte[] framed(byte[] record) {
        return ByteBuffer.allocate(HEADER + record.length)
                .putInt(record.length)
                .putInt(record.length ^ LENGTH_CHECK)
                .putInt(checksum(record))
                .put(record)
                .array();
    }

    private static int checksum(byte[] record) {
        var crc = new CRC32C();
        crc.update(record);
        return (int) crc.getValue();
    }

    /** The same records, into the file that replaces the journal. */
    private record StreamJournal(OutputStream out) implements Journal {
        @Override
        public void define(TableDefinition table) {
            append(definition(table));
        }

        @Override
        public void drop(String tableId) {
            append(dropped(tableId));
        }

        @Override
        public void write(List<Write> writes, Optional<Token> token) {
            append(written(writes, token));
        }

        @Override
        public void close() {}

        private void append(byte[] record) {
            try {
                out.write(framed(record));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
