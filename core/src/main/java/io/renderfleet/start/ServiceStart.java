package io.renderfleet.start;

import io.renderfleet.settings.EffectiveSettings;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** How the main method of each service starts it. */
public final class ServiceStart {
    private static final String PRINT_SETTINGS = "--print-settings";

    private ServiceStart() {}

    /** Starts the service; with {@code --print-settings}, prints the settings it would have, and does not start it. */
    public static void run(SpringApplication application, String... arguments) {
        if (Arrays.asList(arguments).contains(PRINT_SETTINGS)) {
            printSettings(application, System.out, arguments);
        } else {
            application.run(arguments);
        }
    }

    /**
     * Prints a line for each setting that the service would have with these arguments; unknown settings are refused.
     */
    public static void printSettings(SpringApplication application, PrintStream out, String... arguments) {
        application.addInitializers((ApplicationContextInitializer<?>) context -> {
            out.print(new EffectiveSettings(context.getEnvironment()));
            out.flush();
            throw new SpringApplication.AbandonedRunException();
        });
        try {
            application.run(arguments);
        } catch (SpringApplication.AbandonedRunException e) {
            // As intended: the settings are complete before anything is started.
        }
    }

    /** What Spring Boot's report would say of a failed start; empty for a failure that no analyzer knows. */
    public static Optional<FailureAnalysis> explain(Throwable failure) {
        return SpringFactoriesLoader.forDefaultResourceLocation(ServiceStart.class.getClassLoader())
                // Those that want a context's beans explain nothing that an operator could have given.
                .load(FailureAnalyzer.class, FailureHandler.handleMessage((message, cause) -> {}))
                .stream()
                .map(analyzer -> analyzer.analyze(failure))
                .filter(Objects::nonNull)
                .findFirst();
    }
}
