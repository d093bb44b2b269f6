package io.renderfleet.queue;

/**
 * A message in a receiver's hands, hidden from the others for a while.
 *
 * @param receiptHandle what SQS knows this receipt by
 * @param receiveCount how often it was received, this time included
 */
public record Delivery(JobMessage message, String receiptHandle, int receiveCount) {}
