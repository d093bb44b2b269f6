package io.renderfleet.client;

import org.jspecify.annotations.Nullable;

/**
 * The outcome for one job of a batch: either {@code job} or {@code problem} is set.
 *
 * @param index the position of the job in the batch, from 0
 * @param job the accepted job; null when the job was refused
 * @param problem why the job was refused; null when the job was accepted
 */
public record BatchItem(
        int index, @Nullable AcceptedJob job, @Nullable Problem problem) {}
