package io.renderfleet.settings;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The settings that are in effect in a process: all of Renderfleet's, given or not, and those of its libraries that
 * some source gives. Secrets are masked.
 */
public final class EffectiveSettings {
    private static final Set<String> LIBRARIES =
            Set.of("server", "management", "spring", "logging", "resilience4j", "springdoc");

    /** Has settings of its own, which are listed one by one, so that secrets among them are masked. */
    private static final Set<String> DOCUMENTS = Set.of("SPRING_APPLICATION_JSON", "spring.application.json");

    private final ConfigurableEnvironment environment;
    private final KnownSettings known;

    public EffectiveSettings(ConfigurableEnvironment environment) {
        this.environment = environment;
        this.known = KnownSettings.onClassPath();
    }

    /** All of them, by name. */
    public List<EffectiveSetting> list() {
        SortedMap<String, EffectiveSetting> settings = new TreeMap<>();
        Binder binder = Binder.get(environment);
        for (KnownSetting setting : known.all()) {
            Set<ConfigurationPropertyName> entries = setting.isMap() ? entries(setting) : Set.of();
            if (entries.isEmpty()) {
                settings.put(setting.name(), effective(setting, binder));
            }
            for (ConfigurationPropertyName entry : entries) {
                settings.put(entry.toString(), effective(setting, entry));
            }
        }
        for (String name : ofLibraries()) {
            ConfigurationProperty property = strongest(ConfigurationPropertyName.adapt(name, '.'));
            String value = environment.getProperty(name);
            if (property != null && value != null) {
                settings.put(
                        name, new EffectiveSetting(name, Secrets.masked(name, value), Origins.describe(property), ""));
            }
        }
        return List.copyOf(settings.values());
    }

    /** The names below a map to which some source gives a value; of two spellings of a name, that of the stronger source. */
    private Set<ConfigurationPropertyName> entries(KnownSetting map) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(map.name());
        Set<ConfigurationPropertyName> entries = new LinkedHashSet<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                iterable.stream().filter(name::isAncestorOf).forEach(entries::add);
            }
        }
        return entries;
    }

    private EffectiveSetting effective(KnownSetting map, ConfigurationPropertyName entry) {
        ConfigurationProperty property = Objects.requireNonNull(strongest(entry));
        String value = environment.resolvePlaceholders(String.valueOf(property.getValue()));
        return new EffectiveSetting(
                entry.toString(),
                Secrets.masked(entry.toString(), value),
                Origins.describe(property),
                map.description());
    }

    private EffectiveSetting effective(KnownSetting setting, Binder binder) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(setting.name());
        ConfigurationProperty property = strongest(name);
        if (property == null && setting.isList()) {
            property = strongest(name.append("[0]"));
        }
        String value;
        if (property == null) {
            value = setting.defaultValue() == null ? "" : setting.defaultValue();
        } else if (setting.isList()) {
            value = String.join(
                    ",", binder.bind(name, Bindable.listOf(String.class)).orElse(List.of()));
        } else {
            value = environment.resolvePlaceholders(String.valueOf(property.getValue()));
        }
        return new EffectiveSetting(
                setting.name(),
                Secrets.masked(setting.name(), value),
                property == null ? "default" : Origins.describe(property),
                setting.description());
    }

    /** As the strongest source that has it gives it; null when none does. */
    private @Nullable ConfigurationProperty strongest(ConfigurationPropertyName name) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                return property;
            }
        }
        return null;
    }

    /**
     * The names of library settings that some source gives. An environment variable whose setting no other source has
     * stays as it is: where its name has dashes cannot be told.
     */
    private Set<String> ofLibraries() {
        Set<String> names = new LinkedHashSet<>();
        Set<String> variables = new LinkedHashSet<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                (source instanceof SystemEnvironmentPropertySource ? variables : names)
                        .addAll(Arrays.asList(enumerable.getPropertyNames()));
            }
        }
        names.removeIf(name -> !isOfLibrary(name, "."));
        names.removeAll(DOCUMENTS);
        variables.removeAll(DOCUMENTS);
        Set<String> seen = names.stream().map(EffectiveSetting::variableOf).collect(Collectors.toSet());
        variables.stream()
                .filter(name -> isOfLibrary(name, "_") && !seen.contains(name.toUpperCase(Locale.ROOT)))
                .forEach(names::add);
        return names;
    }

    private static boolean isOfLibrary(String name, String separator) {
        int end = name.indexOf(separator);
        return end > 0 && LIBRARIES.contains(name.substring(0, end).toLowerCase(Locale.ROOT));
    }

    /** A line for each setting: its name, value and origin. */
    @Override
    public String toString() {
        List<EffectiveSetting> settings = list();
        int width = settings.stream()
                .mapToInt(setting -> setting.name().length())
                .max()
                .orElse(0);
        return settings.stream()
                .map(setting -> ("%-" + (width + 2) + "s%-28s  %s")
                        .formatted(setting.name(), setting.value(), setting.origin()))
                .collect(Collectors.joining(System.lineSeparator(), "", System.lineSeparator()));
    }
}
