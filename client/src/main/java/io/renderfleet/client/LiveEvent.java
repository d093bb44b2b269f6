package io.renderfleet.client;

import org.jspecify.annotations.Nullable;

/**
 * An event of a stream of the API (server-sent events).
 *
 * @param name such as {@code result} or {@code alert}
 * @param id continues the stream after this event, where a stream supports that; null without one
 * @param data the JSON of the event
 */
public record LiveEvent(String name, @Nullable String id, String data) {}
