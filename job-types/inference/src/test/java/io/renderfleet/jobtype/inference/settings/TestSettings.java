package io.renderfleet.jobtype.inference.settings;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings of inference as a deployment gives them, with one pool that offers the model assessment. */
public final class TestSettings {
    private TestSettings() {}

    /**
     * The settings of a deployment.
     *
     * @param more pairs of a setting's name, without renderfleet.inference, and its value
     */
    public static InferenceSettings settings(String... more) {
        Map<String, String> all = new HashMap<>(Map.of(
                "renderfleet.inference.pools.main.base-url", "https://api.example.com/v1",
                "renderfleet.inference.pools.main.models.assessment", "qwen-vl-max",
                "renderfleet.inference.pools.main.domains.account.concurrency", "10",
                "renderfleet.inference.pools.main.keys[0].id", "a",
                "renderfleet.inference.pools.main.keys[0].domain", "account",
                "renderfleet.inference.pools.main.keys[0].secret", "env:KEY_A"));
        for (int i = 0; i < more.length; i += 2) {
            all.put("renderfleet.inference." + more[i], more[i + 1]);
        }
        return bind(all);
    }

    /** A deployment that offers no models. */
    public static InferenceSettings withoutModels() {
        return bind(Map.of());
    }

    private static InferenceSettings bind(Map<String, String> all) {
        return new Binder(new MapConfigurationPropertySource(all))
                .bindOrCreate("renderfleet.inference", InferenceSettings.class);
    }
}
