package io.renderfleet.localaws.dynamodb;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append-only journal in a file. Each record is preceded by its length and a CRC-32C of its bytes, and is written to
 * the operating system before its change is acknowledged. It therefore survives any end of the process, but not a loss
 * of power. An incomplete record at the end of the file was not acknowledged and is dropped; any other damage prevents
 * the start. Opening a journal rewrites the file with only the current state of the tables.
 *
 * <p>A directory serves one process at a time.
 */
final class FileJournal extends RecordJournal {
    private static final Logger log = LoggerFactory.getLogger(FileJournal.class);
    private static final String FILE = "dynamodb.journal";
    /** The largest record, which is larger than a transaction of 100 items of 400 KB. */
    private static final int MAX_RECORD = 64 << 20;

    /**
     * The directories that this process uses, because closing a second channel to a lock file would release its lock.
     */
    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel lock;
    private final FileChannel channel;
    /** Whether an incomplete record at the end could not be removed; no record may follow it. */
    private boolean broken;

    /** Receives the changes that a journal holds when it is opened, and then writes the resulting state. */
    interface Content {
        void define(TableDefinition table);

        void drop(String tableId);

        void write(List<Write> writes, Optional<Token> token);

        /** Writes the current state, in any number of records. */
        void writeTo(Journal journal);
    }

    private FileJournal(Path directory, FileChannel lock, FileChannel channel) {
        this.directory = directory;
        this.lock = lock;
        this.channel = channel;
    }

    /** Reads the journal of a directory into {@code content}, and creates one if there is none. */
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
    public void close() {
        try (lock;
                channel) {
            channel.force(true);
        } catch (ClosedChannelException e) {
            // Closed before, or by the interrupt of a write during the stop. All acknowledged records are written.
            log.debug("The journal of DynamoDB was closed already", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            IN_USE.remove(directory);
        }
    }

    @Override
    void append(byte[] record) {
        var framed = ByteBuffer.wrap(JournalRecord.framed(record));
        try {
            synchronized (channel) {
                if (broken) {
                    throw new IOException("an earlier record is incomplete; free disk space and restart local AWS");
                }
                long end = channel.size();
                try {
                    while (framed.hasRemaining()) {
                        channel.write(framed);
                    }
                } catch (IOException e) {
                    // An incomplete record would make all later ones unreadable.
                    broken = true;
                    channel.truncate(end);
                    broken = false;
                    throw e;
                }
            }
        } catch (IOException e) {
            log.error(
                    "Could not write the journal of DynamoDB; the request fails and changes nothing. Check the disk"
                            + " space.",
                    e);
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
                long rest = size - at - JournalRecord.HEADER;
                if (rest < 0) {
                    warnOfIncomplete(file, size - at);
                    return;
                }
                int length = in.readInt();
                if (in.readInt() != JournalRecord.lengthCheck(length) || length < 0 || length > MAX_RECORD) {
                    throw damaged(file, at);
                }
                if (length > rest) {
                    warnOfIncomplete(file, size - at);
                    return;
                }
                int checksum = in.readInt();
                byte[] record = in.readNBytes(length);
                if (JournalRecord.checksum(record) != checksum) {
                    throw damaged(file, at);
                }
                JournalRecord.read(record, content);
                at += JournalRecord.HEADER + length;
            }
        }
    }

    private static void warnOfIncomplete(Path file, long bytes) {
        log.warn(
                "Dropping an incomplete record of {} bytes at the end of {}: it was being written when the process"
                        + " ended, and was not acknowledged",
                bytes,
                file);
    }

    private static IOException damaged(Path file, long at) {
        return new IOException("the journal " + file + " is damaged at byte " + at
                + "; restore it from a copy, or move it away to start without tables");
    }

    /** Writes the same records to the file that replaces the journal. */
    private static final class StreamJournal extends RecordJournal {
        private final OutputStream out;

        StreamJournal(OutputStream out) {
            this.out = out;
        }

        @Override
        void append(byte[] record) {
            try {
                out.write(JournalRecord.framed(record));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            // The caller that opened the stream closes it.
        }
    }
}
