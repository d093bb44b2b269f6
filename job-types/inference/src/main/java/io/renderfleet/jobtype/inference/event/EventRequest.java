package io.renderfleet.jobtype.inference.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.jobtype.Required;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.validation.constraints.Pattern;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /events}: one detection result of a camera. A component is null if the client left it out or it
 * could not be read. {@link EventJobs} validates what the annotations do not.
 */
@Schema(name = "Event", description = "One detection result of a camera. Unknown fields are refused.")
record EventRequest(
        @Schema(example = "camera-17", requiredMode = RequiredMode.REQUIRED)
        @Required
        @Pattern(regexp = "[A-Za-z0-9._:/-]{1,128}", message = "must be 1 to 128 of A-Z a-z 0-9 . _ : / -")
        @Nullable
        String cameraId,

        @Schema(
                description = "When the camera took the picture: ISO 8601 with a zone.",
                format = "date-time",
                requiredMode = RequiredMode.REQUIRED)
        @Required
        @Nullable
        String timestamp,

        @Schema(description = "What was detected: objects of any shape.", implementation = Map[].class) @Nullable
        JsonNode detectedObjects,

        @Schema(
                description = "Groups of what was detected: objects of any shape, each with an id in the field that the"
                        + " template names (groupId by default). Each group becomes one task; at most 64.",
                implementation = Map[].class)
        @Nullable
        JsonNode trafficGroups,

        @Schema(
                description = "The images of groups, by the id of the group: each a data URI, an https address on an"
                        + " allowed host, or s3:inputs/<name>; or an array of 1 to 8 of them.",
                implementation = Map.class)
        @Nullable
        JsonNode groupImages,

        @Schema(description = "The name of the event template. Can be left out if there is only one.", example = "risk")
        @Nullable
        String template,

        @Schema(
                description =
                        "The user of the job, 1 to 128 printable characters. Can be left out if the template has a"
                                + " user.",
                example = "user-1")
        @Nullable
        String userId) {}
