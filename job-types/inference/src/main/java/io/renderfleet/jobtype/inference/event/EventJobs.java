package io.renderfleet.jobtype.inference.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.event.PromptTemplate.MissingFieldException;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.settings.EventTemplateDefinition.Per;
import io.renderfleet.problem.Violations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Validates events, and makes the tasks of their jobs from the templates. Makes no calls. */
final class EventJobs {
    /** How far the clock of a camera may be ahead. */
    private static final Duration AHEAD = Duration.ofMinutes(5);

    private static final int MAX_IMAGES = 8;
    private static final Pattern TASK_ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

    private final EventTemplates templates;
    private final ImageRules images;
    private final InstantSource clock;

    EventJobs(EventTemplates templates, ImageRules images, InstantSource clock) {
        this.templates = templates;
        this.images = images;
        this.clock = clock;
    }

    /**
     * A valid event.
     *
     * @param key identifies the event among those of its user
     * @param content the event with the template's name and without its user
     * @param tasks one for each group; images are references that were not looked up
     */
    record EventJob(EventTemplate template, UserId user, String key, EventRequest content, List<Task> tasks) {
        /** The payload for a deadline. */
        InferencePayload payload(List<Task> resolved, Instant now) {
            return new InferencePayload(
                    template.settings().model(),
                    resolved,
                    now.plus(template.settings().answerWithin()),
                    Map.of("cameraId", String.valueOf(content.cameraId()), "template", template.name()));
        }
    }

    /**
     * Checks an event.
     *
     * @param event after its constraints were checked; some of them may be violated
     * @param caller who sent the event
     * @throws io.renderfleet.problem.ProblemException with all violations
     */
    EventJob read(EventRequest event, Caller caller, Violations violations) {
        EventTemplate template = template(event.template(), violations);
        Instant time = time(event.timestamp(), template, violations);
        checkArray("detectedObjects", given(event.detectedObjects()), violations);
        checkArray("trafficGroups", given(event.trafficGroups()), violations);
        UserId user = violations.has("userId") || (event.userId() == null && template == null)
                ? null
                : user(event.userId(), template, caller, violations);
        List<Task> tasks = template == null ? List.of() : tasks(event, template, violations);
        violations.throwIfAny();
        EventTemplate known = Objects.requireNonNull(template, "An event without a template has a violation");
        String when = Objects.requireNonNull(time, "An event without a time has a violation")
                .toString();
        return new EventJob(
                known,
                Objects.requireNonNull(user, "An event without a user has a violation"),
                "event " + known.name() + " " + event.cameraId() + " " + when,
                new EventRequest(
                        event.cameraId(),
                        when,
                        event.detectedObjects(),
                        event.trafficGroups(),
                        event.groupImages(),
                        known.name(),
                        null),
                tasks);
    }

    /**
     * For whom the job is. The user of the template stands in for an event without one, if the caller may act for this
     * user; the event of any other caller is the caller's own.
     */
    private static @Nullable UserId user(
            @Nullable String given, @Nullable EventTemplate template, Caller caller, Violations violations) {
        String ofTemplate = template == null ? null : template.settings().user();
        if (given != null || ofTemplate == null || !caller.operator()) {
            return caller.actingFor(given, violations);
        }
        return caller.actingFor(ofTemplate, violations);
    }

    private @Nullable EventTemplate template(@Nullable String name, Violations violations) {
        if (violations.has("template")) {
            return null;
        }
        EventTemplate template = (name == null ? templates.only() : templates.find(name)).orElse(null);
        if (template == null) {
            violations.add(
                    "template",
                    (name == null ? "is required; " : "") + "must be one of the event templates of this deployment: "
                            + templates.names());
        }
        return template;
    }

    private @Nullable Instant time(@Nullable String text, @Nullable EventTemplate template, Violations violations) {
        if (text == null) {
            return null;
        }
        Instant time;
        try {
            time = OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            violations.add("timestamp", "must be a time in ISO 8601 with a zone, such as 2026-11-27T20:00:00.000Z");
            return null;
        }
        Instant now = clock.instant();
        if (time.isAfter(now.plus(AHEAD))) {
            violations.add(
                    "timestamp",
                    "is in the future: " + time + ", and now is " + now + ". Times up to 5 minutes ahead are accepted;"
                            + " check the clock of the camera");
        } else if (template != null
                && time.isBefore(now.minus(template.settings().maxAge()))) {
            violations.add(
                    "timestamp",
                    "is too old: " + time + ", and now is " + now + ". The template " + template.name()
                            + " accepts events of the last "
                            + template.settings().maxAge() + " (its max-age)");
        }
        return time;
    }

    private static void checkArray(String field, JsonNode value, Violations violations) {
        if (!value.isMissingNode() && !value.isArray()) {
            violations.add(field, "must be an array of objects");
        }
    }

    /** A field of a request; a missing node for one that was left out or is null. */
    private static JsonNode given(@Nullable JsonNode value) {
        return value == null || value.isNull() ? MissingNode.getInstance() : value;
    }

    private List<Task> tasks(EventRequest event, EventTemplate template, Violations violations) {
        String field = template.settings().per().field();
        JsonNode groups = given(
                template.settings().per() == Per.TRAFFIC_GROUPS ? event.trafficGroups() : event.detectedObjects());
        if (!groups.isArray()) {
            violations.add(
                    field, "is required, because the template " + template.name() + " makes a task of each element");
            return List.of();
        }
        if (groups.size() > InferencePayload.MAX_TASKS) {
            violations.add(
                    field,
                    "must have at most " + InferencePayload.MAX_TASKS + " elements, and has " + groups.size()
                            + ". Send the others as an event with another timestamp");
            return List.of();
        }
        JsonNode groupImages = given(event.groupImages());
        ObjectNode shown = shown(event);
        Set<String> ids = new HashSet<>();
        List<Task> tasks = new ArrayList<>();
        for (int index = 0; index < groups.size(); index++) {
            String place = field + "[" + index + "]";
            JsonNode group = groups.get(index);
            String id = id(place, group, template, violations);
            if (id == null) {
                continue;
            }
            if (!ids.add(id)) {
                violations.add(place + "." + template.settings().id(), "is the id of an earlier group");
            }
            List<String> urls = urls(id, groupImages.path(id), violations);
            JsonNode messages = messages(place, id, shown, group, template, urls, violations);
            if (messages != null) {
                tasks.add(new Task(
                        id,
                        messages,
                        template.schema(),
                        template.settings().maxTokens(),
                        template.settings().temperature()));
            }
        }
        checkImages(groupImages, ids, field, violations);
        return tasks;
    }

    private static @Nullable String id(String place, JsonNode group, EventTemplate template, Violations violations) {
        if (!group.isObject()) {
            violations.add(place, "must be an object");
            return null;
        }
        String name = template.settings().id();
        JsonNode id = group.path(name);
        String text = id.isTextual() || id.isIntegralNumber() ? id.asText() : "";
        if (!TASK_ID.matcher(text).matches()) {
            violations.add(
                    place + "." + name,
                    "must be the id of the group: a whole number, or a string of 1 to 64 of A-Z a-z 0-9 . _ : -");
            return null;
        }
        return text;
    }

    private List<String> urls(String id, JsonNode value, Violations violations) {
        if (value.isMissingNode()) {
            return List.of();
        }
        String field = "groupImages." + id;
        List<String> urls = new ArrayList<>();
        if (value.isArray() && !value.isEmpty() && value.size() <= MAX_IMAGES) {
            for (int index = 0; index < value.size(); index++) {
                images.check(field + "[" + index + "]", value.get(index), violations);
                urls.add(value.get(index).asText());
            }
        } else if (value.isTextual()) {
            images.check(field, value, violations);
            urls.add(value.asText());
        } else {
            violations.add(field, "must be an image, or an array of 1 to " + MAX_IMAGES + " images");
        }
        return urls;
    }

    private static void checkImages(JsonNode groupImages, Set<String> ids, String field, Violations violations) {
        if (groupImages.isMissingNode()) {
            return;
        }
        if (!groupImages.isObject()) {
            violations.add("groupImages", "must be an object with the id of a group as the name of each image");
            return;
        }
        groupImages.fieldNames().forEachRemaining(id -> {
            if (!ids.contains(id)) {
                violations.add("groupImages." + id, "is not the id of an element of " + field);
            }
        });
    }

    private static @Nullable JsonNode messages(
            String place,
            String id,
            JsonNode event,
            JsonNode group,
            EventTemplate template,
            List<String> urls,
            Violations violations) {
        try {
            JsonNode shownGroup = shownGroup(group, template.settings().fields());
            ArrayNode messages = JsonNodeFactory.instance.arrayNode();
            if (template.system() != null) {
                messages.addObject()
                        .put("role", "system")
                        .put("content", template.system().fill(event, group, shownGroup));
            }
            String prompt = template.prompt().fill(event, group, shownGroup);
            ObjectNode question = messages.addObject().put("role", "user");
            if (urls.isEmpty()) {
                question.put("content", prompt);
                return messages;
            }
            ArrayNode content = question.putArray("content");
            content.addObject().put("type", "text").put("text", prompt);
            urls.forEach(url -> content.addObject()
                    .put("type", "image_url")
                    .putObject("image_url")
                    .put("url", url));
            return messages;
        } catch (MissingFieldException e) {
            violations.add(
                    place,
                    "has nothing for " + e.placeholder() + " in the template " + template.name() + " (group " + id
                            + "). Send that field, or ask the operator to change the template");
            return null;
        }
    }

    private static JsonNode shownGroup(JsonNode group, List<String> fields) {
        return fields.isEmpty() ? group : ((ObjectNode) group).deepCopy().retain(fields);
    }

    /** The event as prompts show it. */
    private static ObjectNode shown(EventRequest event) {
        ObjectNode shown = JsonNodeFactory.instance.objectNode();
        shown.put("cameraId", event.cameraId());
        shown.put("timestamp", event.timestamp());
        shown.set("detectedObjects", event.detectedObjects());
        shown.set("trafficGroups", event.trafficGroups());
        return shown;
    }
}
