package io.renderfleet.jobtype.inference.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.body.JsonBody;
import io.renderfleet.fuzz.TimeLimit;
import io.renderfleet.identity.Caller;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.event.EventJobs.EventJob;
import io.renderfleet.jobtype.inference.event.PromptTemplate.MissingFieldException;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.Violations;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Reading an event ends with tasks whose payload can be written and read, or with a problem of the client. */
class EventFuzzTests {
    private static final int MAX_EVENT = 64 * 1024;
    private static final Instant NOW = Instant.parse("2026-11-27T20:00:00Z");

    private static final InferenceSettings SETTINGS = new Binder(new MapConfigurationPropertySource(Map.of(
                    "renderfleet.inference.pools.main.base-url", "https://api.example.com/v1",
                    "renderfleet.inference.pools.main.models.assessment", "fake",
                    "renderfleet.inference.pools.main.domains.account.concurrency", "10",
                    "renderfleet.inference.pools.main.keys[0].id", "a",
                    "renderfleet.inference.pools.main.keys[0].domain", "account",
                    "renderfleet.inference.pools.main.keys[0].secret", "env:KEY_A",
                    "renderfleet.inference.templates.risk.model", "assessment",
                    "renderfleet.inference.templates.risk.prompt", "{event.cameraId} {group.type} {group}",
                    "renderfleet.inference.images.hosts", "*.example.com")))
            .bind("renderfleet.inference", InferenceSettings.class)
            .get();

    private static final EventJobs EVENTS =
            new EventJobs(new EventTemplates(SETTINGS), new ImageRules(SETTINGS.images()), InstantSource.fixed(NOW));

    private static final Validator VALIDATOR = Validation.byDefaultProvider()
            .configure()
            .messageInterpolator(new ParameterMessageInterpolator())
            .buildValidatorFactory()
            .getValidator();

    @FuzzTest
    void event(byte[] body) {
        TimeLimit.check(() -> readEvent(body));
    }

    private static void readEvent(byte[] body) {
        if (body.length > MAX_EVENT) {
            return;
        }
        try {
            Violations violations = new Violations();
            ObjectNode json = JsonBody.object(new String(body, StandardCharsets.UTF_8), violations);
            EventRequest request = JsonBody.bind(json, EventRequest.class, Set.of(), violations);
            if (request == null) {
                assertThat(violations.errors()).isNotEmpty();
                return;
            }
            VALIDATOR
                    .validate(request)
                    .forEach(found -> violations.add(found.getPropertyPath().toString(), found.getMessage()));
            EventJob event = EVENTS.read(request, Caller.ANYONE, violations);
            assertThat(event.key()).matches("[\\x20-\\x7e]{1,255}");
            if (!event.tasks().isEmpty()) {
                writeAndRead(event.payload(event.tasks(), NOW));
            }
        } catch (ProblemException e) {
            assertThat(e.type().status().is4xxClientError()).isTrue();
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static void writeAndRead(InferencePayload payload) {
        try {
            assertThat(InferencePayload.FORMAT.read(InferencePayload.FORMAT.write(payload)))
                    .isEqualTo(payload);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).contains("A payload has at most");
        }
    }

    /** A prompt of the settings has mistakes, or can be filled or says what is missing. */
    @FuzzTest
    void prompt(byte[] text) {
        TimeLimit.check(() -> {
            List<String> mistakes = new ArrayList<>();
            PromptTemplate template = PromptTemplate.parse(new String(text, StandardCharsets.UTF_8), mistakes::add);
            if (mistakes.isEmpty()) {
                ObjectNode object = JsonNodeFactory.instance.objectNode().put("type", "car");
                try {
                    assertThat(template.fill(object, object, object)).isNotNull();
                } catch (MissingFieldException e) {
                    assertThat(e.placeholder()).startsWith("{").endsWith("}");
                }
            }
        });
    }
}
