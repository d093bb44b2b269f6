package io.renderfleet.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses to start a service that was given a setting below {@code renderfleet} that does not exist, from whichever
 * source: a misspelt setting would otherwise leave the default in place without a word.
 *
 * <p>Services may share a file of settings, so a setting of a module that this service does not have is only logged.
 */
public final class SettingsCheck implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {
    /** What to do about a setting that is unknown or wrong. */
    static final String ACTION =
            "Correct it, or remove it to use the default. Start the service with --print-settings alone"
                    + " to list every setting with its value and its origin.";

    private static final Logger log = LoggerFactory.getLogger(SettingsCheck.class);

    /** @throws UnknownSettingsException when there is an unknown setting */
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        check(KnownSettings.onClassPath(), context.getEnvironment(), false);
    }

    /**
     * Checks an environment in a process that has all modules on its class path, where a setting of another module
     * cannot be.
     *
     * @throws UnknownSettingsException when there is an unknown setting
     */
    public static void checkAll(ConfigurableEnvironment environment) {
        check(KnownSettings.onClassPath(), environment, true);
    }

    static void check(KnownSettings known, ConfigurableEnvironment environment, boolean complete) {
        List<String> refused = new ArrayList<>();
        given(environment).forEach((name, source) -> {
            if (known.givenAs(name, source.variable()).isPresent()) {
                return;
            }
            if (!complete && known.isOfAnotherModule(name)) {
                log.warn("Ignoring the setting {}: it belongs to no module of this service", source.written());
                return;
            }
            List<KnownSetting> suggestions = known.suggestionsFor(name);
            refused.add(source.written()
                    + (suggestions.isEmpty()
                            ? " is no setting of this service"
                            : " is no setting; did you mean "
                                    + suggestions.stream()
                                            .map(source.variable() ? KnownSetting::variable : KnownSetting::name)
                                            .collect(Collectors.joining(" or "))
                                    + "?"));
        });
        if (!refused.isEmpty()) {
            throw new UnknownSettingsException(refused);
        }
    }

    /** @param written the name as the user wrote it */
    private record Given(String written, boolean variable) {}

    /**
     * Every name below renderfleet that some source of the environment has, in lower case with dots between its parts.
     */
    private static Map<String, Given> given(ConfigurableEnvironment environment) {
        Map<String, Given> given = new LinkedHashMap<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                boolean variables = source instanceof SystemEnvironmentPropertySource;
                Arrays.stream(enumerable.getPropertyNames()).sorted().forEach(written -> {
                    boolean variable = variables && written.indexOf('.') < 0;
                    String name = variable
                            ? written.toLowerCase(Locale.ROOT).replace('_', '.')
                            : ConfigurationPropertyName.adapt(written, '.')
                                    .toString()
                                    .toLowerCase(Locale.ROOT)
                                    .replace("_", "");
                    if (name.startsWith(KnownSettings.PREFIX)) {
                        given.putIfAbsent(name, new Given(written, variable));
                    }
                });
            }
        }
        return given;
    }

    /** Before initializers without an order, which may print the settings. */
    @Override
    public int getOrder() {
        return 0;
    }
}
