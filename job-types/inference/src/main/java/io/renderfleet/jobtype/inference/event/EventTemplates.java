package io.renderfleet.jobtype.inference.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.inference.model.AnswerSchema;
import io.renderfleet.jobtype.inference.settings.EventTemplateDefinition;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.start.CannotStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The event templates of a deployment, all of which were checked when the service started. */
final class EventTemplates {
    private static final String FILE = "file:";

    /** Larger than any sensible schema, and small enough for the payload of a job. */
    private static final int MAX_SCHEMA = 32 * 1024;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");
    private static final Duration LEAST_ANSWER = Duration.ofMillis(100);
    private static final Duration MOST_ANSWER = Duration.ofHours(24);
    private static final Duration LEAST_AGE = Duration.ofSeconds(1);
    private static final Duration MOST_AGE = Duration.ofDays(30);

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final SortedMap<String, EventTemplate> templates = new TreeMap<>();
    private final List<String> mistakes = new ArrayList<>();

    /** @throws CannotStartException with every mistake in the templates, each with the name of its setting */
    EventTemplates(InferenceSettings settings) {
        new TreeMap<>(settings.templates()).forEach((name, definition) -> add(name, definition, settings));
        if (!mistakes.isEmpty()) {
            throw new CannotStartException(
                    "The event templates cannot be used:" + System.lineSeparator()
                            + String.join(System.lineSeparator(), mistakes),
                    "Correct these settings. docs/inference.md describes event templates.");
        }
    }

    /** The template with this name, which may be any text that a client sent; empty if there is none. */
    Optional<EventTemplate> find(String name) {
        return Optional.ofNullable(templates.get(name));
    }

    /** The template of an event that names none; empty if it must name one. */
    Optional<EventTemplate> only() {
        return templates.size() == 1 ? templates.values().stream().findFirst() : Optional.empty();
    }

    /** The names of all templates for messages, such as "risk, weather". */
    String names() {
        return templates.isEmpty() ? "none" : String.join(", ", templates.keySet());
    }

    private void add(String name, EventTemplateDefinition definition, InferenceSettings settings) {
        String setting = "renderfleet.inference.templates." + name;
        if (!NAME.matcher(name).matches()) {
            mistakes.add(setting + ": the name of a template must be 1 to 40 of a-z, 0-9 and -.");
        }
        if (settings.poolOf(definition.model()).isEmpty()) {
            mistakes.add(setting + ".model: " + (definition.model().isEmpty() ? "is required" : definition.model())
                    + "; the models of renderfleet.inference.pools are "
                    + (settings.models().isEmpty() ? "none" : String.join(", ", settings.models())) + ".");
        }
        if (definition.prompt().isBlank()) {
            mistakes.add(setting + ".prompt: is required, such as: Assess the risk of this group: {group}");
        }
        PromptTemplate prompt = parse(setting + ".prompt", definition.prompt());
        PromptTemplate system = definition.system() == null ? null : parse(setting + ".system", definition.system());
        if (!definition.fields().isEmpty() && !prompt.hasWholeGroup() && (system == null || !system.hasWholeGroup())) {
            mistakes.add(setting + ".fields: has no effect, because the prompt does not have {group}.");
        }
        between(setting + ".answer-within", definition.answerWithin(), LEAST_ANSWER, MOST_ANSWER, "100ms to 24h");
        between(setting + ".max-age", definition.maxAge(), LEAST_AGE, MOST_AGE, "1s to 30d");
        checkUser(setting + ".user", definition.user());
        JsonNode schema = schema(setting + ".schema", definition.schema());
        templates.put(
                name,
                new EventTemplate(name, definition, prompt, system, schema, settings.regionsOf(definition.model())));
    }

    private PromptTemplate parse(String setting, String text) {
        return PromptTemplate.parse(text, mistake -> mistakes.add(setting + ": " + mistake));
    }

    private void between(String setting, Duration value, Duration least, Duration most, String range) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            mistakes.add(setting + ": must be " + range + "; it is " + value + ".");
        }
    }

    private void checkUser(String setting, @Nullable String user) {
        try {
            var _ = user == null ? null : new UserId(user);
        } catch (IllegalArgumentException e) {
            mistakes.add(setting + ": must be 1 to 128 printable characters.");
        }
    }

    private @Nullable JsonNode schema(String setting, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            String json = text.startsWith(FILE) ? read(Path.of(text.substring(FILE.length()))) : text;
            if (json.length() > MAX_SCHEMA) {
                mistakes.add(setting + ": must have at most " + MAX_SCHEMA + " characters.");
                return null;
            }
            JsonNode schema = MAPPER.readTree(json);
            AnswerSchema.fault(schema).ifPresent(fault -> mistakes.add(setting + ": " + fault + "."));
            return schema;
        } catch (JsonProcessingException e) {
            mistakes.add(setting + ": must be the JSON of a schema, or file: and the path of one; it is not JSON.");
        } catch (IOException | InvalidPathException e) {
            mistakes.add(setting + ": the file cannot be read: " + e + ".");
        }
        return null;
    }

    private static String read(Path file) throws IOException {
        return Files.size(file) > MAX_SCHEMA ? " ".repeat(MAX_SCHEMA + 1) : Files.readString(file);
    }
}
