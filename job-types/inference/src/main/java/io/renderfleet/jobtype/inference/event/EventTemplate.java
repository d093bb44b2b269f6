package io.renderfleet.jobtype.inference.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.jobtype.inference.settings.EventTemplateDefinition;
import io.renderfleet.region.RegionId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event template that was checked.
 *
 * @param system null for no system message
 * @param schema the JSON schema of the answers; null for answers as text
 * @param regions the only regions that have keys for the model; empty for all
 */
record EventTemplate(
        String name,
        EventTemplateDefinition settings,
        PromptTemplate prompt,
        @Nullable PromptTemplate system,
        @Nullable JsonNode schema,
        Set<RegionId> regions) {}
