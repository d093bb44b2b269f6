package io.renderfleet.worker.intake;

import io.renderfleet.queue.Lane;

/**
 * One receive call to SQS.
 *
 * @param lane the lane whose queue is called
 * @param max the largest number of messages, from 1 to 10
 * @param waits whether this is a long poll, for which no slots are reserved; for a short receive they are
 */
record Receive(Lane lane, int max, boolean waits) {}
