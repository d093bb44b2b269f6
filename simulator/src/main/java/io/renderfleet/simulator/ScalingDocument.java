package io.renderfleet.simulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Generates parts of {@code docs/scaling.md}, always from the same seed, so that a test can compare them. */
final class ScalingDocument {
    static final long SEED = 1;

    /** The path of the document, relative to the project's directory. */
    static final String PATH = "docs/scaling.md";

    private ScalingDocument() {}

    /** Returns the document with its tables replaced. */
    static String updated(String document, String comparison, String variants) {
        return GeneratedBlock.replaced(
                GeneratedBlock.replaced(document, "comparison", comparison), "variants", variants);
    }

    /** The charts of the document as SVG, by their paths relative to the project's directory. */
    static Map<String, String> pictures(ScalingSettings settings) {
        ScalingSettings many = settings.withTasks(settings.minTasks(), Variants.MANY_TASKS);
        Map<String, String> pictures = new LinkedHashMap<>();
        pictures.put(
                "docs/images/scaling-burst.svg",
                new Timelines(
                                "50,000 jobs in 10 seconds, up to " + Variants.MANY_TASKS + " tasks",
                                Workload.BURST,
                                PolicyKind.COMPARED,
                                many,
                                5,
                                1)
                        .svg());
        // The backlog of a policy whose CPU is never high enough grows to tens of thousands and would hide the other
        // lines.
        pictures.put(
                "docs/images/scaling-wave.svg",
                new Timelines(
                                "A daily wave of 20-second jobs, up to " + settings.maxTasks() + " tasks",
                                Workload.WAVE,
                                List.of(PolicyKind.BACKLOG, PolicyKind.CPU, PolicyKind.STEPS),
                                settings,
                                24,
                                10)
                        .svg());
        return pictures;
    }
}
