package io.renderfleet.worker.protection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * The response of the ECS agent to a change of the task's protection. Its JSON has {@code protection} with the new
 * state, {@code failure} if ECS refused the change, or {@code error} if the agent could not reach ECS ("Amazon ECS task
 * scale-in protection endpoint", ECS Developer Guide).
 */
sealed interface AgentResponse {
    /** The reason with which ECS refuses to protect a task that a deployment is about to replace. */
    String DEPLOYMENT_BLOCKED = "DEPLOYMENT_BLOCKED";

    JsonMapper MAPPER = new JsonMapper();

    /** The task has the requested protection. */
    record Changed() implements AgentResponse {}

    /** A deployment is about to replace this task. */
    record Blocked() implements AgentResponse {}

    /** Any other response; the next try may succeed. */
    record Failed(String why) implements AgentResponse {}

    /** Reads a response of any HTTP status. The body decides. */
    static AgentResponse read(int status, String body, boolean wanted) {
        JsonNode response;
        try {
            response = MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return new Failed("status " + status + " with a body that is not JSON");
        }
        JsonNode failure = response.path("failure");
        if (failure.path("Reason").asText().equals(DEPLOYMENT_BLOCKED)) {
            return new Blocked();
        }
        if (!failure.isMissingNode() && !failure.isNull()) {
            return new Failed(failure.path("Reason").asText());
        }
        JsonNode enabled = response.path("protection").path("ProtectionEnabled");
        return status == 200 && enabled.isBoolean() && enabled.booleanValue() == wanted
                ? new Changed()
                : new Failed("status " + status + " "
                        + response.path("error").path("Code").asText());
    }
}
