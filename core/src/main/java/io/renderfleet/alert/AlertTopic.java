package io.renderfleet.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.awspring.cloud.autoconfigure.core.AwsClientBuilderConfigurer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.alert.AlertRule.Severity;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.job.JobStatus;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;

/**
 * Publishes alerts to a topic of SNS, if there is one. An alert is published at least once, after it was stored:
 * what could not be published, or recorded as published, is published when its event is received again.
 *
 * <p>Thread-safe.
 */
public final class AlertTopic implements AutoCloseable {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

    private final String topic;
    private final String links;
    private final AlertStore store;
    private final ObjectMapper json;
    private final MeterRegistry meters;
    private final @Nullable SnsClient client;

    /**
     * @param topic the ARN of a standard topic; empty for none, so that nothing is published
     * @param links the address of the API without a slash at its end, for links to jobs; empty for messages without links
     */
    public AlertTopic(
            String topic,
            String links,
            AlertStore store,
            AwsClientBuilderConfigurer configurer,
            ObjectMapper json,
            MeterRegistry meters) {
        this.topic = topic;
        this.links = links;
        this.store = store;
        this.json = json;
        this.meters = meters;
        this.client = topic.isEmpty() ? null : client(configurer, topic);
        if (client != null) {
            // Registered at 0: Prometheus does not count the first value of a series as an increase.
            counter(Outcome.SENT);
            counter(Outcome.FAILED);
        }
    }

    private static SnsClient client(AwsClientBuilderConfigurer configurer, String topic) {
        return configurer
                .configure(SnsClient.builder())
                // A topic is reached in its own region.
                .region(Region.of(topic.split(":", -1)[3]))
                .overrideConfiguration(override -> override.apiCallTimeout(CALL_TIMEOUT))
                .build();
    }

    /** What became of a publication; the tag {@code outcome} of the counter. */
    private enum Outcome {
        SENT,
        FAILED
    }

    /**
     * The message of an alert. Copies have the same event and rule.
     *
     * @param source where the job comes from, such as its camera
     * @param link the address of the job; null if the settings have no address of the API
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Message(
            String rule,
            Severity severity,
            String message,
            String eventId,
            String jobId,
            JobStatus status,
            Map<String, String> source,
            Instant finishedAt,
            @Nullable String link) {}

    /**
     * Publishes an alert that is stored, unless it was published before.
     *
     * @param isNew whether this process has just stored the alert, so that nobody can have published it
     * @throws IllegalStateException if SNS did not take it; the event must be handled again
     */
    public void publish(CompletionEvent event, AlertRule rule, boolean isNew) {
        SnsClient sns = client;
        if (sns == null || (!isNew && store.isPublished(event, rule))) {
            return;
        }
        try {
            sns.publish(request -> request.topicArn(topic)
                    .subject("Renderfleet alert " + rule.name() + " (" + rule.severity() + ")")
                    .message(message(event, rule)));
        } catch (SdkException e) {
            counter(Outcome.FAILED).increment();
            throw new IllegalStateException(
                    "The alert of the rule " + rule.name() + " is stored, but could not be published to " + topic + ": "
                            + e.getMessage(),
                    e);
        }
        counter(Outcome.SENT).increment();
        store.recordPublished(event, rule);
    }

    private String message(CompletionEvent event, AlertRule rule) {
        try {
            return json.writeValueAsString(new Message(
                    rule.name(),
                    rule.severity(),
                    rule.message(),
                    event.eventId(),
                    event.jobId().toString(),
                    event.status(),
                    event.source(),
                    event.finishedAt(),
                    links.isEmpty() ? null : links + "/jobs/" + event.jobId()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An alert can be written as JSON.", e);
        }
    }

    private Counter counter(Outcome outcome) {
        return Counter.builder(FleetMetric.API_ALERT_PUBLICATIONS.metricName())
                .description(FleetMetric.API_ALERT_PUBLICATIONS.description())
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    @Override
    public void close() {
        SnsClient open = client;
        if (open != null) {
            open.close();
        }
    }
}
