package io.renderfleet.start;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains {@link CannotStartException}. */
final class CannotStartFailureAnalyzer extends AbstractFailureAnalyzer<CannotStartException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, CannotStartException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
