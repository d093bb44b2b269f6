package io.renderfleet.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads the scaling settings from the CloudFormation template of the workers, at the properties that use them. A
 * {@code !Ref} is resolved to the default of its parameter. A parameter that no longer affects the scaling is therefore
 * an error and is not simulated.
 */
final class WorkerTemplate {
    /** The path of the template, relative to the project's directory. */
    static final Path PATH = Path.of("deploy", "cloudformation", "worker-service.yaml");

    private static final String FIGURE = "IF(running > 0, backlog / running, backlog)";
    private static final String ASLEEP = "IF(waiting > 0 AND waiting * ${Slots} >= held * ${BacklogPerTask}, 1, 0)";
    private static final int MINUTE = 60;

    private final Map<?, ?> document;

    private WorkerTemplate(Map<?, ?> document) {
        this.document = document;
    }

    /** Reads the template; {@link SimulationException} if a number is missing or not supported by the simulation. */
    static ScalingSettings read(Path file) {
        try {
            return settings(Files.readString(file));
        } catch (IOException e) {
            throw new SimulationException("cannot read " + file + ": run it in the project's directory", e);
        }
    }

    /** As {@link #read}, from the text of the template. */
    static ScalingSettings settings(String text) {
        Object document;
        try {
            document = new Yaml(new Tags()).load(text);
        } catch (YAMLException e) {
            throw new SimulationException("the workers' template is not YAML: " + e.getMessage(), e);
        }
        if (!(document instanceof Map<?, ?> map)) {
            throw new SimulationException("the workers' template is not a YAML mapping");
        }
        return new WorkerTemplate(map).settings();
    }

    private ScalingSettings settings() {
        String tracking = "Resources.BacklogPolicy.Properties.TargetTrackingScalingPolicyConfiguration.";
        String capacity = "Resources.Service.Properties.CapacityProviderStrategy.";
        holdExpression(tracking + "CustomizedMetricSpecification.Metrics", "backlog_per_task", FIGURE);
        try {
            return new ScalingSettings(
                    whole("Parameters.Slots.Default"),
                    whole("Resources.Task.Properties.Cpu"),
                    whole("Resources.Task.Properties.Memory"),
                    at("Resources.Task.Properties.RuntimePlatform.CpuArchitecture")
                            .toString(),
                    whole("Resources.Scaling.Properties.MinCapacity"),
                    whole("Resources.Scaling.Properties.MaxCapacity"),
                    number(tracking + "TargetValue"),
                    whole(tracking + "ScaleOutCooldown"),
                    whole(tracking + "ScaleInCooldown"),
                    wake(),
                    whole(capacity + "0.Base"),
                    whole(capacity + "0.Weight"),
                    whole(capacity + "1.Weight"));
        } catch (IllegalArgumentException e) {
            throw new SimulationException("the workers' template: " + e.getMessage(), e);
        }
    }

    private ScalingSettings.Wake wake() {
        String alarm = "Resources.WakeAlarm.Properties.";
        String step = "Resources.WakePolicy.Properties.StepScalingPolicyConfiguration.";
        holdExpression(alarm + "Metrics", "asleep", ASLEEP);
        if (whole(alarm + "Metrics.0.MetricStat.Period") != MINUTE) {
            throw new SimulationException(
                    "the workers' template: only a WakeAlarm with one-minute periods can be simulated");
        }
        return new ScalingSettings.Wake(
                number(alarm + "Threshold"),
                whole(alarm + "EvaluationPeriods"),
                whole(step + "StepAdjustments.0.ScalingAdjustment"),
                whole(step + "Cooldown"));
    }

    private void holdExpression(String metrics, String id, String expression) {
        boolean found = at(metrics) instanceof List<?> queries
                && queries.stream()
                        .anyMatch(query -> query instanceof Map<?, ?> map
                                && id.equals(map.get("Id"))
                                && isExpression(map.get("Expression"), expression));
        if (!found) {
            throw new SimulationException("the workers' template: " + metrics + " has no " + id
                    + " with the expression " + expression + ", which the simulation implements");
        }
    }

    private static boolean isExpression(@Nullable Object written, String expression) {
        return expression.equals(written) || Map.of("Sub", expression).equals(written);
    }

    private int whole(String path) {
        double number = number(path);
        if (number != Math.rint(number)) {
            throw new SimulationException("the workers' template: " + path + " is not a whole number");
        }
        return (int) number;
    }

    private double number(String path) {
        try {
            return Double.parseDouble(at(path).toString());
        } catch (NumberFormatException e) {
            throw new SimulationException("the workers' template: " + path + " is not a number", e);
        }
    }

    private Object at(String path) {
        Object at = document;
        for (String step : path.split("\\.", -1)) {
            at = child(at, step);
            if (at instanceof Map<?, ?> map && map.get("Ref") instanceof String parameter) {
                at = at("Parameters." + parameter + ".Default");
            }
            if (at == null) {
                throw new SimulationException("the workers' template has no " + path);
            }
        }
        return at;
    }

    private static @Nullable Object child(Object parent, String step) {
        return switch (parent) {
            case Map<?, ?> map -> map.get(step);
            case List<?> list
            when step.matches("[0-9]+") && Integer.parseInt(step) < list.size() -> list.get(Integer.parseInt(step));
            default -> null;
        };
    }

    /** Constructs {@code !Ref X} as {@code Ref: X}. Of other functions, which no number uses, only the name is kept. */
    private static final class Tags extends SafeConstructor {
        Tags() {
            super(new LoaderOptions());
            yamlMultiConstructors.put("!", new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    Object value = switch (node) {
                        case ScalarNode scalar -> constructScalar(scalar);
                        case SequenceNode sequence -> constructSequence(sequence);
                        case MappingNode mapping -> constructMapping(mapping);
                        default -> throw new YAMLException("unsupported kind of YAML node");
                    };
                    return Map.of(node.getTag().getValue().substring(1), value);
                }
            });
        }
    }
}
