package io.renderfleet.settings;

import java.util.Locale;
import java.util.regex.Pattern;

/** Which settings are secrets, by their names, and what is shown in place of their values. */
final class Secrets {
    static final String MASK = "******";

    /** {@code max-tokens} is a number: the longest answer of a model. */
    private static final Pattern NAME =
            Pattern.compile("secret|(?<!max[-_]?)token|password|passphrase|credential|headers|keys?$");

    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s]+@");

    private Secrets() {}

    static boolean isSecret(String name) {
        return NAME.matcher(name.toLowerCase(Locale.ROOT)).find();
    }

    /** The value as it may be shown: a mask for a secret, and no user and password in an address. */
    static String masked(String name, String value) {
        if (value.isEmpty()) {
            return value;
        }
        return isSecret(name) ? MASK : USER_INFO.matcher(value).replaceAll(MASK + "@");
    }
}
