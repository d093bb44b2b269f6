package io.renderfleet.jobtype.inference.settings;

import io.renderfleet.job.Priority;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An event template in the settings: how the events of {@code POST /events} become inference jobs. The API checks it
 * when it starts.
 *
 * @param model the model that is asked, under its name in requests
 * @param prompt the text of each task. Placeholders are {@code {event.cameraId}}, {@code {event.timestamp}},
 *     {@code {event.detectedObjects}}, {@code {event.trafficGroups}}, {@code {event}} for all of them as JSON, {@code
 *     {group.NAME}} for a field of the group, and {@code {group}} for the group as JSON. A brace that does not begin a
 *     placeholder is written twice if a letter follows it
 * @param system the text of the system message, with the same placeholders; null for none
 * @param schema the JSON schema of the answers: its JSON, or {@code file:PATH}; null for answers as text
 * @param per the field of the event whose elements become tasks: {@code traffic-groups} or {@code detected-objects}
 * @param id the field of an element that becomes the id of its task
 * @param fields the fields that {@code {group}} has; empty for all
 * @param maxTokens the most tokens of an answer, 1 to 131,072; null for the provider's default
 * @param temperature 0 to 2; null for the provider's default
 * @param answerWithin the time from the acceptance of an event until its job completes with the answers that there are,
 *     100 ms to 24 h
 * @param maxAge the age from which an event is refused, 1 s to 30 days
 * @param priority the priority of the jobs
 * @param user the user of the jobs of events that name none; null if each event must name one
 */
public record EventTemplateDefinition(
        @DefaultValue("") String model,
        @DefaultValue("") String prompt,
        @Nullable String system,
        @Nullable String schema,
        @DefaultValue("traffic-groups") Per per,
        @DefaultValue("groupId") String id,
        @DefaultValue List<String> fields,

        @Nullable @Min(value = 1, message = TOKENS) @Max(value = 131_072, message = TOKENS)
        Integer maxTokens,

        @Nullable @Min(value = 0, message = TEMPERATURE) @Max(value = 2, message = TEMPERATURE)
        Double temperature,

        @DefaultValue("10s") Duration answerWithin,
        @DefaultValue("1h") Duration maxAge,
        @DefaultValue("normal") Priority priority,
        @Nullable String user) {
    private static final String TOKENS = "must be from 1 to 131072";
    private static final String TEMPERATURE = "must be from 0 to 2";

    public EventTemplateDefinition {
        fields = List.copyOf(fields);
    }

    /** The field of an event whose elements become tasks. */
    public enum Per {
        TRAFFIC_GROUPS("trafficGroups"),
        DETECTED_OBJECTS("detectedObjects");

        private final String field;

        Per(String field) {
            this.field = field;
        }

        /** The name of the field in an event. */
        public String field() {
            return field;
        }
    }
}
