package io.renderfleet.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A template as CloudFormation would see it with given parameters: functions are worked out, what its condition
 * excludes is left out. What only AWS knows stands as {@code <Resource>} or {@code <Resource.Attribute>}.
 */
final class Template {
    static final Path FOLDER = root().resolve("deploy/cloudformation");
    static final String ACCOUNT = "123456789012";
    private static final Pattern IN_SUB = Pattern.compile("\\$\\{(!?)([^}]+)}");
    private static final Object NOTHING = new Object();

    private final Map<String, Object> document;
    private final Map<String, String> values;
    private final String name;

    private Template(String name, Map<String, Object> document, Map<String, String> values) {
        this.name = name;
        this.document = document;
        this.values = values;
    }

    /** A template with parameters; those that have a default may be left out. */
    static Template of(String name, String region, Map<String, String> parameters) {
        var values = new LinkedHashMap<String, String>();
        boolean china = region.startsWith("cn-");
        values.put("AWS::Region", region);
        values.put("AWS::AccountId", ACCOUNT);
        values.put("AWS::Partition", china ? "aws-cn" : "aws");
        values.put("AWS::URLSuffix", china ? "amazonaws.com.cn" : "amazonaws.com");
        values.putAll(parameters);
        return new Template(name, parse(text(name)), values);
    }

    /** The names of all templates. */
    static List<String> names() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".yaml"))
                    .map(file -> file.substring(0, file.length() - ".yaml".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(String name) {
        try {
            return Files.readString(FOLDER.resolve(name + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The project's own folder, from whichever of its folders a test is run in. */
    static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("Makefile"))) {
            at = Objects.requireNonNull(at.getParent(), "no Makefile above the working directory");
        }
        return at;
    }

    String name() {
        return name;
    }

    /** The parameters as they are written. */
    Map<String, Map<String, Object>> parameters() {
        return maps(document.getOrDefault("Parameters", Map.of()));
    }

    String defaultOf(String parameter) {
        Map<String, Object> written = Objects.requireNonNull(parameters().get(parameter), parameter);
        return Objects.requireNonNull(written.get("Default"), parameter).toString();
    }

    /** The names of what it puts out. */
    Set<String> outputs() {
        return map(document.getOrDefault("Outputs", Map.of())).keySet();
    }

    /** The resources that there are, by logical id, with everything worked out. */
    Map<String, Resource> resources() {
        var found = new LinkedHashMap<String, Resource>();
        maps(Objects.requireNonNull(document.get("Resources"))).forEach((id, written) -> {
            Object condition = written.get("Condition");
            if (condition == null || isTrue(Map.of("Condition", condition))) {
                found.put(
                        id,
                        new Resource(
                                id,
                                Objects.requireNonNull(written.get("Type")).toString(),
                                map(resolve(written.getOrDefault("Properties", Map.of()))),
                                written));
            }
        });
        return found;
    }

    Resource resource(String id) {
        return Objects.requireNonNull(resources().get(id), () -> name + " has no " + id);
    }

    List<Resource> ofType(String type) {
        return resources().values().stream()
                .filter(resource -> resource.type().equals(type))
                .toList();
    }

    /**
     * A resource.
     *
     * @param properties worked out
     * @param written as it is in the template
     */
    record Resource(String id, String type, Map<String, Object> properties, Map<String, Object> written) {
        /** A property at the end of a path of names and indexes. */
        Object at(Object... path) {
            Object at = properties;
            for (Object step : path) {
                Object next = step instanceof Integer index ? list(at).get(index) : map(at).get(step.toString());
                at = Objects.requireNonNull(next, () -> id + " has no " + List.of(path));
            }
            return at;
        }

        boolean has(String property) {
            return properties.containsKey(property);
        }

        String text(Object... path) {
            return at(path).toString();
        }
    }

    @SuppressWarnings("unchecked") // A YAML mapping has text for keys; what is not one fails where it is read.
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked") // A YAML mapping has text for keys; what is not one fails where it is read.
    static Map<String, Map<String, Object>> maps(Object value) {
        return (Map<String, Map<String, Object>>) value;
    }

    @SuppressWarnings("unchecked") // A YAML sequence holds anything.
    static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    /** One or many, as policies have it. */
    static List<String> texts(Object value) {
        return value instanceof List<?> many
                ? many.stream().map(String::valueOf).toList()
                : List.of(value.toString());
    }

    private Object resolve(Object value) {
        if (value instanceof List<?> many) {
            List<Object> resolved = new ArrayList<>();
            for (Object element : many) {
                Object found = resolve(element);
                if (!found.equals(NOTHING)) {
                    resolved.add(found);
                }
            }
            return resolved;
        }
        if (!(value instanceof Map<?, ?>)) {
            return value;
        }
        Map<String, Object> fields = map(value);
        if (fields.size() == 1) {
            Map.Entry<String, Object> only = fields.entrySet().iterator().next();
            Object called = function(only.getKey(), only.getValue());
            if (called != null) {
                return called;
            }
        }
        var resolved = new LinkedHashMap<String, Object>();
        fields.forEach((key, field) -> {
            Object found = resolve(field);
            if (!found.equals(NOTHING)) {
                resolved.put(key, found);
            }
        });
        return resolved;
    }

    private @Nullable Object function(String function, Object argument) {
        return switch (function) {
            case "Ref" -> argument.equals("AWS::NoValue") ? NOTHING : reference(argument.toString());
            case "Fn::Sub" -> sub(argument.toString());
            case "Fn::GetAtt" -> attribute(argument.toString());
            case "Fn::If" -> {
                List<Object> parts = list(argument);
                yield resolve(isTrue(Map.of("Condition", parts.get(0))) ? parts.get(1) : parts.get(2));
            }
            case "Fn::Split" -> {
                List<Object> parts = list(argument);
                yield List.of(
                        resolve(parts.get(1)).toString().split(parts.get(0).toString(), -1));
            }
            case "Fn::Join" -> {
                List<Object> parts = list(argument);
                yield list(resolve(parts.get(1))).stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(parts.get(0).toString()));
            }
            case "Fn::Select" -> {
                List<Object> parts = list(argument);
                Object from = resolve(parts.get(1));
                int index = Integer.parseInt(parts.get(0).toString());
                yield from instanceof List<?> many && index < many.size()
                        ? Objects.requireNonNull(many.get(index))
                        : "<" + from + " " + index + ">";
            }
            case "Fn::GetAZs" -> "<zones>";
            default -> null;
        };
    }

    private Object reference(String id) {
        Map<String, Object> parameter = parameters().get(id);
        String given = values.get(id);
        if (parameter == null) {
            return given != null ? given : named(id, "<" + id + ">");
        }
        String value = given != null ? given : String.valueOf(parameter.getOrDefault("Default", "<" + id + ">"));
        String type = String.valueOf(parameter.get("Type"));
        return type.startsWith("List<") || type.equals("CommaDelimitedList") ? List.of(value.split(",")) : value;
    }

    /** What a reference to a resource with a name of our own gives, as far as tests ask for it. */
    private Object named(String id, String otherwise) {
        Map<String, Object> resource =
                maps(Objects.requireNonNull(document.get("Resources"))).get(id);
        if (resource != null && "AWS::S3::Bucket".equals(resource.get("Type"))) {
            return resolve(Objects.requireNonNull(
                    map(Objects.requireNonNull(resource.get("Properties"))).get("BucketName")));
        }
        return otherwise;
    }

    private String attribute(String path) {
        String id = path.substring(0, path.indexOf('.'));
        Map<String, Object> resource =
                maps(Objects.requireNonNull(document.get("Resources"))).get(id);
        if (resource == null) {
            throw new IllegalArgumentException(name + " has no " + id);
        }
        Map<String, Object> properties = map(resource.getOrDefault("Properties", Map.of()));
        String home = "arn:" + values.get("AWS::Partition") + ":%s:" + values.get("AWS::Region") + ":" + ACCOUNT + ":";
        return switch (resource.get("Type") + path.substring(path.indexOf('.'))) {
            case "AWS::SQS::Queue.Arn" -> home.formatted("sqs") + named(properties, "QueueName");
            case "AWS::S3::Bucket.Arn" ->
                "arn:" + values.get("AWS::Partition") + ":s3:::" + named(properties, "BucketName");
            case "AWS::ECS::Service.Name" -> named(properties, "ServiceName");
            default -> "<" + path + ">";
        };
    }

    private String named(Map<String, Object> properties, String property) {
        return resolve(Objects.requireNonNull(properties.get(property))).toString();
    }

    private String sub(String text) {
        return IN_SUB.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1).isEmpty() ? substituted(found) : "${" + found.group(2) + "}"));
    }

    private String substituted(MatchResult found) {
        String path = found.group(2);
        return path.contains(".") ? attribute(path) : reference(path).toString();
    }

    private boolean isTrue(Object condition) {
        if (condition instanceof Map<?, ?> fields && fields.size() == 1) {
            Map.Entry<String, Object> only =
                    map(condition).entrySet().iterator().next();
            Object argument = only.getValue();
            return switch (only.getKey()) {
                case "Condition" ->
                    isTrue(Objects.requireNonNull(
                            map(document.getOrDefault("Conditions", Map.of())).get(argument.toString()),
                            () -> name + " has no condition " + argument));
                case "Fn::Equals" ->
                    resolve(list(argument).get(0))
                            .toString()
                            .equals(resolve(list(argument).get(1)).toString());
                case "Fn::Not" -> !isTrue(list(argument).getFirst());
                case "Fn::And" -> list(argument).stream().allMatch(this::isTrue);
                case "Fn::Or" -> list(argument).stream().anyMatch(this::isTrue);
                default -> throw new IllegalArgumentException("unknown condition " + condition);
            };
        }
        throw new IllegalArgumentException("unknown condition " + condition);
    }

    private static Map<String, Object> parse(String text) {
        return map(new Yaml(new Tags()).load(text));
    }

    /** {@code !Ref X} is {@code Ref: X}, and {@code !Sub x} is {@code Fn::Sub: x}. */
    private static final class Tags extends SafeConstructor {
        Tags() {
            super(new LoaderOptions());
            yamlMultiConstructors.put("!", new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    String tag = node.getTag().getValue().substring(1);
                    Object value = switch (node) {
                        case ScalarNode scalar -> constructScalar(scalar);
                        case SequenceNode sequence -> constructSequence(sequence);
                        case MappingNode mapping -> constructMapping(mapping);
                        default -> throw new IllegalArgumentException("no such node in a template");
                    };
                    return Map.of(tag.equals("Ref") || tag.equals("Condition") ? tag : "Fn::" + tag, value);
                }
            });
        }
    }
}
