package io.renderfleet.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * All settings below {@code renderfleet} that the modules on the class path declare, from the metadata that Spring
 * Boot's configuration processor writes into each module.
 */
final class KnownSettings {
    static final String PREFIX = "renderfleet.";

    private static final List<String> METADATA = List.of(
            "META-INF/spring-configuration-metadata.json", "META-INF/additional-spring-configuration-metadata.json");
    /** Two slips of the finger, or two neighbouring letters in the wrong order. */
    private static final int SLIPS = 2;

    private static final int MOST_SUGGESTIONS = 3;

    private final SortedMap<String, KnownSetting> byName = new TreeMap<>();

    KnownSettings(Collection<KnownSetting> settings) {
        settings.forEach(setting -> byName.put(setting.name(), setting));
    }

    /** Those of the modules on the class path, which are read once; a failure to read them is an error. */
    static KnownSettings onClassPath() {
        return OnClassPath.SETTINGS;
    }

    /** Read when they are first asked for: several contexts of one process, and several parts of each, need them. */
    private static final class OnClassPath {
        static final KnownSettings SETTINGS = load(KnownSettings.class.getClassLoader());
    }

    private static KnownSettings load(ClassLoader loader) {
        List<KnownSetting> settings = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        try {
            for (String resource : METADATA) {
                for (URL metadata : Collections.list(loader.getResources(resource))) {
                    String text = read(metadata);
                    // Spring Boot's own metadata is large and not asked for: it is not parsed.
                    if (text.contains('"' + PREFIX)) {
                        json.readTree(text).path("properties").forEach(property -> {
                            if (property.path("name").asText().startsWith(PREFIX)) {
                                settings.add(read(property));
                            }
                        });
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The descriptions of the settings cannot be read from the class path.", e);
        }
        return new KnownSettings(settings);
    }

    private static String read(URL metadata) throws IOException {
        try (InputStream in = metadata.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static KnownSetting read(JsonNode property) {
        JsonNode value = property.path("defaultValue");
        String text = value.isArray()
                ? String.join(",", value.valueStream().map(JsonNode::asText).toList())
                // The default of a list that a source file names as several values.
                : value.asText().replaceAll("^\\[(.*)]$", "$1").replace(", ", ",");
        return new KnownSetting(
                property.path("name").asText(),
                property.path("type").asText("java.lang.String"),
                value.isMissingNode() ? null : text,
                property.path("description").asText("").replaceAll("\\{@code ([^}]*)}", "$1"));
    }

    /** By name. */
    Collection<KnownSetting> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** The setting of this canonical name. */
    Optional<KnownSetting> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * The setting that a property or an environment variable gives a value, or an element of the value.
     *
     * @param name in lower case, with dots between its parts; dashes are ignored
     * @param variable whether it was an environment variable, which may also have an underscore for each dash
     */
    Optional<KnownSetting> givenAs(String name, boolean variable) {
        String uniform = name.replace("-", "");
        return byName.values().stream()
                .filter(setting -> matches(uniform, setting.uniformName(), setting)
                        || (variable && matches(uniform, setting.name().replace('-', '.'), setting)))
                .findFirst();
    }

    /** The names below a map are not known here: the class that has the map refuses those that it does not know. */
    private static boolean matches(String name, String written, KnownSetting setting) {
        return name.equals(written)
                || (setting.isMap() && name.startsWith(written + '.'))
                || (setting.isList()
                        && name.startsWith(written)
                        && name.substring(written.length()).matches("\\[\\d+]|\\.\\d+"));
    }

    /**
     * Whether an unknown name belongs to a module that is not on this class path, as far as that can be told: no module
     * here has settings under its first part, and none has a similar name.
     */
    boolean isOfAnotherModule(String name) {
        String rest = name.substring(PREFIX.length());
        int dot = rest.indexOf('.');
        if (dot < 0) {
            return false;
        }
        String group = PREFIX + rest.substring(0, dot + 1);
        return byName.keySet().stream().noneMatch(known -> known.startsWith(group))
                && similar(name).isEmpty();
    }

    /** The known settings that an unknown name may have meant, the most likely first; empty when none is near. */
    List<KnownSetting> suggestionsFor(String name) {
        List<KnownSetting> similar = similar(name);
        if (!similar.isEmpty()) {
            return similar;
        }
        String last = lastPart(name.replace("-", ""));
        return byName.values().stream()
                .filter(setting -> lastPart(setting.uniformName()).equals(last))
                .limit(MOST_SUGGESTIONS)
                .toList();
    }

    private List<KnownSetting> similar(String name) {
        LevenshteinDistance distance = new LevenshteinDistance(SLIPS);
        String uniform = name.replace("-", "");
        record Near(KnownSetting setting, int slips) {}
        return byName.values().stream()
                .map(setting -> new Near(
                        setting,
                        Stream.of(setting.uniformName(), setting.name().replace('-', '.'))
                                .mapToInt(form -> distance.apply(uniform, form))
                                .filter(slips -> slips >= 0)
                                .min()
                                .orElse(-1)))
                .filter(near -> near.slips >= 0)
                .sorted(Comparator.comparingInt(Near::slips))
                .map(Near::setting)
                .limit(MOST_SUGGESTIONS)
                .toList();
    }

    private static String lastPart(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
