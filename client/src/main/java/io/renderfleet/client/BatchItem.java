package io.renderfleet.client;

import org.jspecify.annotations.Nullable;

/**
 * What happened to one job of a batch: it has an id, or a problem.
 *
 * @param index its place in the batch, from 0
 * @param job the accepted job; null when it was refused
 * @param problem why it was refused; null when it was accepted
 */
public record BatchItem(
        int index, @Nullable AcceptedJob job, @Nullable Problem problem) {}
