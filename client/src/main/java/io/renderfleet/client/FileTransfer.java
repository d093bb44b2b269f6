package io.renderfleet.client;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Downloads results and artifacts, and uploads designs. Thread-safe. */
final class FileTransfer {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int FOUND = 302;

    private final Connection connection;

    FileTransfer(Connection connection) {
        this.connection = connection;
    }

    /** Downloads the file that a path redirects to; the file appears only when it is complete. */
    void download(String pattern, String path, Path file) throws InterruptedException {
        Path target = file.toAbsolutePath();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        download(pattern, path, part, answer -> {
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return target;
        });
    }

    /**
     * Downloads the file that a path redirects to, under the name that the answer gives it.
     *
     * @param otherwise the name of the file if the answer has none
     * @param replace whether an existing file is replaced
     */
    Path download(String pattern, String path, Path directory, String otherwise, boolean replace)
            throws InterruptedException {
        Path part = directory.toAbsolutePath().resolve(".renderfleet-" + UUID.randomUUID() + ".part");
        return download(pattern, path, part, answer -> {
            String name = FileName.of(
                    answer.headers().firstValue("Content-Disposition").orElse(""), otherwise);
            Path target = directory.resolve(name);
            if (replace) {
                Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.move(part, target);
            }
            return target;
        });
    }

    /** What becomes of a file that is complete. */
    @FunctionalInterface
    private interface Completed {
        Path move(HttpResponse<Path> answer) throws IOException;
    }

    private Path download(String pattern, String path, Path part, Completed completed) throws InterruptedException {
        Exchange exchange = connection.transfer("GET", pattern);
        try {
            if (part.getParent() != null) {
                Files.createDirectories(part.getParent());
            }
            // Each attempt gets a new link, because the previous one may have expired.
            HttpResponse<Path> file = exchange.call(() -> {
                HttpResponse<String> answer = connection.send(exchange, connection.request(path), FOUND);
                URI link = answer.headers()
                        .firstValue("Location")
                        .map(answer.uri()::resolve)
                        .orElseThrow(() -> Responses.unreadable(answer, null));
                HttpResponse<Path> result = exchange.send(
                        HttpRequest.newBuilder(link),
                        BodyHandlers.ofFile(part, CREATE, TRUNCATE_EXISTING, WRITE),
                        connection.options().transferTimeout());
                if (result.statusCode() != OK) {
                    throw new IOException("the link to the file returned status " + result.statusCode());
                }
                return result;
            });
            return completed.move(file);
        } catch (FileAlreadyExistsException e) {
            throw new UncheckedIOException("The file " + e.getFile() + " exists and was not replaced", e);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write the file " + part, e);
        } finally {
            delete(part);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not delete the file " + file, e);
        }
    }

    StoredDesign uploadDesign(String designId, Path file, String contentType) throws InterruptedException {
        Exchange exchange = connection.transfer("PUT", "/designs/{id}");
        return exchange.call(() -> {
            HttpRequest.Builder put = connection
                    .request("/designs/" + Connection.encoded(designId))
                    .header("Content-Type", contentType)
                    .PUT(content(file));
            return Responses.read(
                    Responses.checked(
                            exchange.send(
                                    put,
                                    BodyHandlers.ofString(),
                                    connection.options().transferTimeout()),
                            OK,
                            CREATED),
                    StoredDesign.class);
        });
    }

    static BodyPublisher content(Path file) {
        try {
            return BodyPublishers.ofFile(file);
        } catch (FileNotFoundException e) {
            throw new UncheckedIOException("Could not read the file " + file, e);
        }
    }
}
