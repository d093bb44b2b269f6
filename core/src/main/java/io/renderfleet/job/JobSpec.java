package io.renderfleet.job;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What is to be done. Each kind of work is a record of its own; its JSON, with a {@code type}, is kept in the item. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(@JsonSubTypes.Type(value = RenderSpec.class, name = RenderSpec.TYPE))
public sealed interface JobSpec permits RenderSpec {

    /** The kind of work, as clients write it. */
    String type();
}
