package io.renderfleet.bridge.broker;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the bridge. The settings of Spring Boot below {@code spring.kafka} add what a cluster requires, such as
 * {@code spring.kafka.security.protocol}.
 *
 * @param bootstrapServers the brokers to connect to first, each {@code host:port}; at least one
 * @param api the address of the API, such as {@code http://api:8080}
 * @param group the consumer group, shared by all bridges of a deployment
 * @param user the user of events that have no {@code userId}; without it, the API's event template must have one
 * @param maxRecord the largest value of a record that is submitted; a larger one goes to the dead-letter topic. At most what
 *     the API accepts, see {@code renderfleet.inference.events.max-body}
 * @param longPoll how long a call to SQS waits for completion events, 0 to 20 s. Shorter ones cost more calls; a stop waits
 *     for the open one
 * @param topics the topics, which must exist
 * @param login how the bridge gets tokens for the API; null for an API that asks for none
 */
@Validated
@ConfigurationProperties(prefix = "renderfleet.kafka", ignoreUnknownFields = false)
public record KafkaSettings(
        @DefaultValue
        @NotEmpty(
                message =
                        "a broker is required: the addresses of your Kafka brokers, such as kafka-1:9092,kafka-2:9092")
        List<String> bootstrapServers,

        @NotNull(message = "the address of the API is required, such as http://api:8080")
        URI api,

        @DefaultValue("renderfleet-bridge") @NotBlank String group,
        @Nullable String user,
        @DefaultValue("1MB") DataSize maxRecord,

        @DefaultValue("5s") @DurationMin @DurationMax(seconds = 20)
        Duration longPoll,

        @DefaultValue @Valid Topics topics,
        @Nullable @Valid Login login) {

    public KafkaSettings {
        bootstrapServers = List.copyOf(bootstrapServers);
    }

    /**
     * The names of the topics.
     *
     * @param detections the detection results to submit; each value is the JSON of {@code POST /events}
     * @param deadLetters receives the records of {@code detections} that cannot be submitted
     * @param results receives the completion events of jobs, with their results
     * @param tasks receives a record for each group of an accepted event, for observers; without it, nobody is told
     */
    public record Topics(
            @DefaultValue("detection-results") @Pattern(regexp = NAME, message = RULE)
            String detections,

            @DefaultValue("detection-results.dlt") @Pattern(regexp = NAME, message = RULE)
            String deadLetters,

            @DefaultValue("risk-assessment-results") @Pattern(regexp = NAME, message = RULE)
            String results,

            @Nullable @Pattern(regexp = NAME, message = RULE)
            String tasks) {
        private static final String NAME = "[A-Za-z0-9._-]{1,249}";
        private static final String RULE = "must be the name of a topic: 1 to 249 of A-Z a-z 0-9 . _ -";

        /** The topics that the bridge uses. */
        public List<String> used() {
            List<String> used = new ArrayList<>(List.of(detections, deadLetters, results));
            if (tasks != null) {
                used.add(tasks);
            }
            return used;
        }
    }

    /**
     * The client credentials of the bridge (RFC 6749, section 4.4). Its tokens need the role of an operator, because it acts
     * for the users of the events.
     *
     * @param url the token endpoint of the issuer
     * @param clientId the id of the client
     * @param clientSecret the secret of the client
     * @param scope the scopes to ask for, separated by spaces; null for those that the issuer gives anyway
     */
    public record Login(
            @NotNull URI url,
            @NotBlank String clientId,
            @NotBlank String clientSecret,
            @Nullable String scope) {
        /** Omits the secret. */
        @Override
        public String toString() {
            return "Login[url=" + url + ", clientId=" + clientId + "]";
        }
    }
}
