package io.renderfleet.worker.intake;

import io.renderfleet.queue.Lane;

/**
 * One call for messages.
 *
 * @param max how many at most, 1 to 10
 * @param waits whether it is a long poll, which keeps no slots free for what it may bring; a short one does
 */
record Receive(Lane lane, int max, boolean waits) {}
