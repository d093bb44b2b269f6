package io.renderfleet.api.submission;

import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** A batch as it is described to clients; {@link BatchEnvelope} reads it job by job. */
@Schema(name = "BatchRequest")
record BatchRequest(
        @ArraySchema(minItems = 1, maxItems = BatchEnvelope.MAX_JOBS)
        List<RenderRequest> jobs) {}
