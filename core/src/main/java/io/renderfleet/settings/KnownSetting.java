package io.renderfleet.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * A setting that a module on the class path declares.
 *
 * @param name in the canonical form, such as {@code renderfleet.worker.process-limit}
 * @param type the name of its Java type, with type arguments
 * @param defaultValue null when it has none, or when it depends on the machine
 * @param description what it means; empty when it is not described
 */
record KnownSetting(String name, String type, @Nullable String defaultValue, String description) {

    /** The name without dashes, as Spring Boot compares names. */
    String uniformName() {
        return name.replace("-", "");
    }

    /** As {@link EffectiveSetting#variableOf}. */
    String variable() {
        return EffectiveSetting.variableOf(name);
    }

    /** Whether it is a list or a set, whose elements may also be given one by one. */
    boolean isList() {
        return type.startsWith("java.util.List<") || type.startsWith("java.util.Set<");
    }

    /** Whether it is a map, whose names are chosen by the user. */
    boolean isMap() {
        return type.startsWith("java.util.Map<");
    }

    /** What a value must look like; empty for a type whose own error messages say it. */
    Optional<String> accepted() {
        return switch (type) {
            case "java.lang.Integer", "java.lang.Long" -> Optional.of("a whole number");
            case "java.lang.Double", "java.lang.Float" -> Optional.of("a number");
            case "java.lang.Boolean" -> Optional.of("true or false");
            case "java.time.Duration" -> Optional.of("a duration such as 500ms, 30s, 5m or 2h");
            case "org.springframework.util.unit.DataSize" -> Optional.of("a size such as 64KB, 10MB or 2GB");
            case "java.nio.file.Path" -> Optional.of("a path of a file or directory");
            default -> constants();
        };
    }

    /** The constants of an enumeration, as they are written in settings. */
    private Optional<String> constants() {
        String element = isList() ? type.substring(type.indexOf('<') + 1, type.length() - 1) : type;
        try {
            // The type of a nested class has a $ in the metadata, as forName expects.
            Object[] constants = ClassUtils.forName(element, KnownSetting.class.getClassLoader())
                    .getEnumConstants();
            if (constants == null) {
                return Optional.empty();
            }
            List<String> written = Arrays.stream(constants)
                    .map(constant ->
                            constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .toList();
            return Optional.of(written.stream()
                    .collect(Collectors.joining(", ", isList() ? "a list with any of " : "one of ", "")));
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.empty();
        }
    }
}
