package io.renderfleet.api.sse;

/**
 * A server-sent event.
 *
 * @param id what a client sends as {@code Last-Event-ID} when it connects again
 * @param name the type of the event
 * @param data one line of text, usually JSON
 */
public record StreamEvent(String id, String name, String data) {}
