package io.renderfleet.settings;

import java.util.Locale;

/**
 * A setting as it is in this process.
 *
 * @param name in the canonical form, such as {@code renderfleet.worker.slots}
 * @param value as text; empty when there is none, and a mask in place of a secret
 * @param origin where the value comes from, such as {@code environment variable RENDERFLEET_WORKER_SLOTS} or
 *     {@code default}
 * @param description what the setting means; empty for a setting of a library
 */
public record EffectiveSetting(String name, String value, String origin, String description) {

    /** The usual name of a setting's environment variable, such as {@code RENDERFLEET_WORKER_PROCESSLIMIT}. */
    public static String variableOf(String name) {
        return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }
}
