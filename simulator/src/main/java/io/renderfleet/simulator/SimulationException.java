package io.renderfleet.simulator;

/** The simulation could not be run; the message says why. */
final class SimulationException extends RuntimeException {
    SimulationException(String message) {
        super(message);
    }

    SimulationException(String message, Throwable cause) {
        super(message, cause);
    }
}
