package io.renderfleet.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The JSON form of a spec in its item: absent values left out, so that a new optional one changes no stored text. */
final class SpecJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();
    private static final ObjectWriter WRITER = MAPPER.writerFor(JobSpec.class);
    private static final ObjectReader READER = MAPPER.readerFor(JobSpec.class);

    private SpecJson() {}

    static String write(JobSpec spec) {
        try {
            return WRITER.writeValueAsString(spec);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a spec of type " + spec.type() + " has no JSON form", e);
        }
    }

    static JobSpec read(String json) {
        try {
            return READER.readValue(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored spec cannot be read: was it written by a newer version?", e);
        }
    }
}
