package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.jobtype.inference.fleet.SecretReader.UnreadableSecretException;
import io.renderfleet.jobtype.inference.keys.Secret;
import io.renderfleet.jobtype.inference.model.ModelClient;
import io.renderfleet.jobtype.inference.model.Provider;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.jobtype.inference.settings.KeyPoolDefinition;
import io.renderfleet.jobtype.inference.settings.KeyPoolDefinition.KeyDefinition;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

/**
 * Verifies all keys of the settings before the first run: one cheap call for each key, and a table of the outcomes. Of
 * AWS, it uses Secrets Manager only, and only for keys that are stored there.
 */
public final class VerifyKeys {
    private static final String FORMAT = "%-16s %-20s %-16s %-24s %8s  %s%n";

    private VerifyKeys() {}

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(InferenceSettings.class)
    static class Settings {}

    /** Ends with 1 if a key is not accepted, or if there is none. */
    public static void main(String[] args) throws InterruptedException {
        boolean accepted;
        try (var context = new SpringApplicationBuilder(Settings.class)
                        .web(WebApplicationType.NONE)
                        .properties("spring.main.banner-mode=off", "logging.level.root=warn")
                        .run(args);
                var reader = new SecretReader(System::getenv)) {
            accepted = run(context.getBean(InferenceSettings.class).pools(), reader, System.out);
        }
        System.exit(accepted ? 0 : 1);
    }

    /** Returns whether all keys are accepted, and there is at least one. */
    static boolean run(Map<String, KeyPoolDefinition> pools, SecretReader reader, PrintStream out)
            throws InterruptedException {
        if (pools.isEmpty()) {
            out.println(
                    "There are no keys. Describe them in renderfleet.inference.pools; docs/inference.md has examples.");
            return false;
        }
        boolean all = true;
        out.printf(FORMAT, "pool", "key", "domain", "model", "ms", "outcome");
        for (Map.Entry<String, KeyPoolDefinition> pool : new TreeMap<>(pools).entrySet()) {
            Provider provider = pool.getValue().provider();
            try (var client = new ModelClient(provider)) {
                for (KeyDefinition key : pool.getValue().keys()) {
                    all &= verify(pool.getKey(), key, provider, client, reader, out);
                }
            }
        }
        return all;
    }

    private static boolean verify(
            String pool, KeyDefinition key, Provider provider, ModelClient client, SecretReader reader, PrintStream out)
            throws InterruptedException {
        String model = KeyVerification.model(provider);
        try {
            Secret secret = reader.read("the secret of the key " + key.id(), key.secret());
            KeyVerification call = KeyVerification.call(client, provider, secret);
            out.printf(
                    FORMAT,
                    pool,
                    key.id(),
                    key.domain(),
                    model,
                    call.latency().toMillis(),
                    call.isAccepted() ? "ok" : call.why());
            return call.isAccepted();
        } catch (UnreadableSecretException e) {
            out.printf(FORMAT, pool, key.id(), key.domain(), model, "", e.getMessage());
            return false;
        }
    }
}
