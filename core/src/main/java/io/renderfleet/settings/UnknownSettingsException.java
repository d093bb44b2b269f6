package io.renderfleet.settings;

import java.io.Serial;
import java.util.List;

/** Settings were given that no module of this service reads. The message has a line for each. */
public final class UnknownSettingsException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    UnknownSettingsException(List<String> lines) {
        super(String.join(System.lineSeparator(), lines));
    }
}
