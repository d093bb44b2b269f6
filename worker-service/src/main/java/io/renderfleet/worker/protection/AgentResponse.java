package io.renderfleet.worker.protection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * What the ECS agent says to a change of the task's protection: {@code protection} as it then is, {@code failure} when
 * ECS refused, or {@code error} when ECS could not be asked ("Amazon ECS task scale-in protection endpoint", ECS
 * Developer Guide).
 */
sealed interface AgentAnswer {
    /** The reason of a refusal to protect a task that a deployment is about to replace. */
    String DEPLOYMENT_BLOCKED = "DEPLOYMENT_BLOCKED";

    JsonMapper MAPPER = new JsonMapper();

    /** The task is as it was asked to be. */
    record Changed() implements AgentAnswer {}

    /** This task is to go. */
    record Blocked() implements AgentAnswer {}

    /** Anything else: it may go better with the next try. */
    record Failed(String why) implements AgentAnswer {}

    /** Reads an answer of any status; the body decides. */
    static AgentAnswer read(int status, String body, boolean wanted) {
        JsonNode answer;
        try {
            answer = MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return new Failed("status " + status + ", no JSON");
        }
        JsonNode failure = answer.path("failure");
        if (failure.path("Reason").asText().equals(DEPLOYMENT_BLOCKED)) {
            return new Blocked();
        }
        if (!failure.isMissingNode() && !failure.isNull()) {
            return new Failed(failure.path("Reason").asText());
        }
        JsonNode enabled = answer.path("protection").path("ProtectionEnabled");
        return status == 200 && enabled.isBoolean() && enabled.booleanValue() == wanted
                ? new Changed()
                : new Failed("status " + status + " "
                        + answer.path("error").path("Code").asText());
    }
}
