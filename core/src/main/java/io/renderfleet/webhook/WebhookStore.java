package io.renderfleet.webhook;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.job.UserId;
import io.renderfleet.region.FleetTable;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * The webhooks of users: one item of the fleet table for each user, which the key of the table encrypts. Workers and the
 * distributor have no rights on these items.
 *
 * <p>Thread-safe. Errors of DynamoDB are thrown as the SDK's exceptions.
 */
public final class WebhookStore {
    /** How long a secret signs requests after it was rotated. */
    public static final Duration PREVIOUS_LIFE = Duration.ofHours(24);

    private static final String KEY = "webhook#";
    private static final String PREFIX = "whsec_";

    /** Standard Webhooks asks for 24 to 64. */
    private static final int SECRET_BYTES = 32;

    private static final String URL = "url";
    private static final String SECRET = "secret";
    private static final String SECRET_AT = "secretAt";
    private static final String PREVIOUS = "previousSecret";
    private static final String PREVIOUS_UNTIL = "previousUntil";

    private final DynamoDbClient client;
    private final String table;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** @param env the deployment's name, which is part of the table's name */
    public WebhookStore(DynamoDbClient client, String env, Clock clock) {
        this.client = client;
        this.table = FleetTable.name(env);
        this.clock = clock;
    }

    /**
     * A webhook as it was stored.
     *
     * @param newSecret whether this call made the secret, which is the only time when it is shown
     */
    public record Saved(Webhook webhook, boolean newSecret) {}

    /** The webhook of a user, read consistently; empty if there is none. */
    public Optional<Webhook> find(UserId user) {
        Map<String, AttributeValue> item = client.getItem(
                        request -> request.tableName(table).key(key(user)).consistentRead(true))
                .item();
        return item.isEmpty() ? Optional.empty() : Optional.of(read(item));
    }

    /**
     * Sets or removes the URL of a user's webhook. The first call makes the secret.
     *
     * @param url a valid URL; null to remove it. The secret is kept.
     */
    public Saved save(UserId user, @Nullable String url) {
        String secret = newSecret();
        var values = new HashMap<>(Map.of(":secret", fromS(secret), ":now", fromS(now().toString())));
        var names = new HashMap<>(Map.of("#secret", SECRET, "#secretAt", SECRET_AT, "#url", URL));
        if (url != null) {
            values.put(":url", fromS(url));
        }
        Map<String, AttributeValue> item = client.updateItem(request -> request.tableName(table)
                        .key(key(user))
                        .updateExpression("SET #secret = if_not_exists(#secret, :secret),"
                                + " #secretAt = if_not_exists(#secretAt, :now)"
                                + (url == null ? " REMOVE #url" : ", #url = :url"))
                        .expressionAttributeNames(names)
                        .expressionAttributeValues(values)
                        .returnValues(ReturnValue.ALL_NEW))
                .attributes();
        Webhook saved = read(item);
        return new Saved(saved, saved.secret().equals(secret));
    }

    /** Removes the URL of a user's webhook, if there is one. The secret is kept. */
    public void removeUrl(UserId user) {
        try {
            client.updateItem(request -> request.tableName(table)
                    .key(key(user))
                    .updateExpression("REMOVE #url")
                    .conditionExpression("attribute_exists(#secret)")
                    .expressionAttributeNames(Map.of("#url", URL, "#secret", SECRET)));
        } catch (ConditionalCheckFailedException e) {
            // There is no webhook, so there is no URL either.
        }
    }

    /**
     * Makes a new secret. The one before signs requests too for another {@link #PREVIOUS_LIFE}; an older one does not any
     * more.
     *
     * @return empty if the user has no webhook
     */
    public Optional<Webhook> rotate(UserId user) {
        String secret = newSecret();
        Instant now = now();
        try {
            // The condition makes a repeat by the client, after a response was lost, change nothing.
            return Optional.of(read(client.updateItem(request -> request.tableName(table)
                            .key(key(user))
                            .updateExpression("SET #previous = #secret, #secret = :secret, #secretAt = :now,"
                                    + " #until = :until")
                            .conditionExpression("attribute_exists(#secret) AND #secret <> :secret")
                            .expressionAttributeNames(Map.of(
                                    "#previous", PREVIOUS,
                                    "#secret", SECRET,
                                    "#secretAt", SECRET_AT,
                                    "#until", PREVIOUS_UNTIL))
                            .expressionAttributeValues(Map.of(
                                    ":secret", fromS(secret),
                                    ":now", fromS(now.toString()),
                                    ":until", fromS(now.plus(PREVIOUS_LIFE).toString())))
                            .returnValues(ReturnValue.ALL_NEW)
                            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD))
                    .attributes()));
        } catch (ConditionalCheckFailedException e) {
            return e.hasItem() && !e.item().isEmpty() ? Optional.of(read(e.item())) : Optional.empty();
        }
    }

    private String newSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static Map<String, AttributeValue> key(UserId user) {
        return Map.of(FleetTable.ID, fromS(KEY + user.value()));
    }

    private static Webhook read(Map<String, AttributeValue> item) {
        String until = text(item, PREVIOUS_UNTIL);
        return new Webhook(
                text(item, URL),
                Objects.requireNonNull(text(item, SECRET), SECRET),
                Instant.parse(Objects.requireNonNull(text(item, SECRET_AT), SECRET_AT)),
                text(item, PREVIOUS),
                until == null ? null : Instant.parse(until));
    }

    private static @Nullable String text(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        return value == null ? null : value.s();
    }
}
