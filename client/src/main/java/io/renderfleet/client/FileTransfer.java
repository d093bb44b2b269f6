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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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
        Exchange exchange = connection.transfer("GET", pattern);
        try {
            if (target.getParent() != null) {
                Files.createDirectories(target.getParent());
            }
            // Each attempt gets a new link, because the previous one may have expired.
            exchange.call(() -> {
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
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write the file " + target, e);
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
