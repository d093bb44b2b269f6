package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.jobtype.inference.keys.Secret;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.arns.Arn;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Reads secrets from where the settings say that they are: {@code env:NAME}, {@code file:PATH}, or the ARN of a secret in
 * Secrets Manager, which is read in the region of the ARN. The text of a secret is in no message.
 *
 * <p>Thread-safe. A read takes up to 10 seconds.
 */
final class SecretReader implements AutoCloseable {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final long LARGEST_FILE = 64 << 10;
    private static final String FORMS =
            "it must be env:NAME, file:PATH or the ARN of a secret in Secrets Manager, never the key itself";

    private final UnaryOperator<@Nullable String> environment;
    private final Map<String, SecretsManagerClient> clients = new ConcurrentHashMap<>();

    /** @param environment the value of an environment variable; null if there is none */
    SecretReader(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    /** A secret cannot be read. The message says why and what to do, and does not contain it. */
    static final class UnreadableSecretException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnreadableSecretException(String message) {
            super(message);
        }
    }

    /**
     * Reads a secret.
     *
     * @param what what the secret is for, for messages
     * @throws UnreadableSecretException if it cannot be read or is no secret
     */
    Secret read(String what, String place) {
        String value;
        String where;
        if (place.startsWith("env:")) {
            where = what + ", the environment variable " + place.substring("env:".length()) + ",";
            value = environment.apply(place.substring("env:".length()));
        } else if (place.startsWith("file:")) {
            where = what + ", the file " + place.substring("file:".length()) + ",";
            value = file(where, place.substring("file:".length()));
        } else if (place.startsWith("arn:")) {
            where = what + ", " + place + ",";
            value = secretsManager(where, place);
        } else {
            throw new UnreadableSecretException("The place of " + what + " has an unknown form; " + FORMS);
        }
        if (value == null) {
            throw new UnreadableSecretException(where + " does not exist; set it for this process");
        }
        try {
            return Secret.of(where, value);
        } catch (IllegalArgumentException e) {
            // Its message does not contain the text.
            throw new UnreadableSecretException(String.valueOf(e.getMessage()));
        }
    }

    private static String file(String where, String path) {
        try {
            Path file = Path.of(path);
            if (Files.size(file) > LARGEST_FILE) {
                throw new UnreadableSecretException(where + " is larger than 64 KB; it must contain the key alone");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new UnreadableSecretException(where + " does not exist; create it, or correct the path");
        } catch (MalformedInputException e) {
            throw new UnreadableSecretException(where + " is not text in UTF-8");
        } catch (IOException | InvalidPathException e) {
            throw new UnreadableSecretException(where + " cannot be read ("
                    + e.getClass().getSimpleName() + "); check that it is a file which this process may read");
        }
    }

    private @Nullable String secretsManager(String where, String arn) {
        String region = Arn.tryFromString(arn).flatMap(Arn::region).orElse("");
        if (region.isEmpty()) {
            throw new UnreadableSecretException(where + " is not an ARN with a region; " + FORMS);
        }
        try {
            return clients.computeIfAbsent(region, SecretReader::client)
                    .getSecretValue(request -> request.secretId(arn))
                    .secretString();
        } catch (SdkServiceException e) {
            // Not its message, which is not ours to vouch for.
            throw new UnreadableSecretException(where + " cannot be read: Secrets Manager answered with the status "
                    + e.statusCode() + " (" + e.getClass().getSimpleName()
                    + "); check the ARN, and the right secretsmanager:GetSecretValue of this process");
        } catch (SdkException e) {
            throw new UnreadableSecretException(where + " cannot be read: Secrets Manager did not respond ("
                    + e.getClass().getSimpleName() + "); check the network and the credentials of this process");
        }
    }

    private static SecretsManagerClient client(String region) {
        return SecretsManagerClient.builder()
                .region(Region.of(region))
                .overrideConfiguration(override -> override.apiCallTimeout(CALL_TIMEOUT))
                .build();
    }

    @Override
    public void close() {
        clients.values().forEach(SecretsManagerClient::close);
    }
}
