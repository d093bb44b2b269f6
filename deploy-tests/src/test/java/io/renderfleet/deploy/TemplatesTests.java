package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every template keeps to. */
class TemplatesTests {
    /** What CloudFormation takes from a file; more would have to go through a bucket. */
    private static final int MOST_BYTES = 51_200;

    static List<String> templates() {
        return Template.names();
    }

    @Test
    void thereIsOneForEachLifecycle() {
        assertThat(templates())
                .containsExactly(
                        "api-service",
                        "bridge-service",
                        "cdn",
                        "ci-role",
                        "cluster",
                        "distributor-scaling",
                        "distributor-service",
                        "home",
                        "network",
                        "observability",
                        "pool-home",
                        "pool-region",
                        "region",
                        "telemetry",
                        "worker-service");
    }

    @ParameterizedTest
    @MethodSource("templates")
    void itIsSmallEnoughToBeSentAsItIs(String name) {
        assertThat(Template.text(name).getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(MOST_BYTES);
    }

    @ParameterizedTest
    @MethodSource("templates")
    void everyParameterAndOutputIsDescribed(String name) {
        assertThat(Fleet.template(name, Fleet.HOME).parameters())
                .allSatisfy((parameter, written) ->
                        assertThat(written).as(parameter).containsKey("Description"));
        assertThat(Template.text(name)).contains("\nDescription:").contains("\nParameters:");
    }

    @ParameterizedTest
    @MethodSource("templates")
    void numbersAreBounded(String name) {
        assertThat(Fleet.template(name, Fleet.HOME).parameters()).allSatisfy((parameter, written) -> {
            if (Fleet.field(written, "Type").equals("Number")) {
                assertThat(written.keySet()).as(parameter).containsAnyOf("AllowedValues", "MinValue");
            }
        });
    }

    @ParameterizedTest
    @MethodSource("templates")
    void noAccountPartitionOrAddressIsWrittenDown(String name) {
        assertThat(Template.text(name))
                .doesNotContainPattern("\\b\\d{12}\\b")
                .doesNotContain("arn:aws:", "arn:aws-cn:")
                .doesNotContainPattern("\\b(10|172|192)\\.\\d+\\.\\d+\\.\\d+/");
    }

    @ParameterizedTest
    @MethodSource("templates")
    void itKeepsToTheFunctionsThatEmulatorsKnow(String name) {
        assertThat(Template.text(name)).doesNotContain("Fn::Cidr", "!Cidr", "ForEach", "Transform:");
    }

    @ParameterizedTest
    @MethodSource("templates")
    void itHasNoAliasesWhichCloudFormationDoesNotTake(String name) {
        assertThat(Template.text(name)).doesNotContainPattern(Pattern.compile("(?m)(: |- )[&*][a-z-]+$"));
    }

    @ParameterizedTest
    @MethodSource("templates")
    void nothingIsAllowedWholesale(String name) {
        for (Template.Resource resource : template(name).resources().values()) {
            for (Object statement : statements(resource)) {
                if (Fleet.field(statement, "Effect").equals("Allow")) {
                    assertThat(Template.texts(Fleet.field(statement, "Action")))
                            .as(name + " " + resource.id())
                            .noneMatch(action -> action.contains("*"));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("templates")
    void aRightOnEverythingSaysWhyItIsNoNarrower(String name) {
        String[] lines = Template.text(name).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].strip().equals("Resource: \"*\"")) {
                int statement = i;
                while (!lines[statement].strip().startsWith("- Effect: Allow")) {
                    statement--;
                }
                assertThat(lines[statement - 1].strip())
                        .as(name + " line " + (i + 1))
                        .startsWith("#");
            }
        }
    }

    @Test
    void resourcesWithDataAreRetainedWhenTheirStackIsDeleted() {
        Set<String> precious =
                Set.of("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::ECR::Repository");
        for (String name : templates()) {
            for (Template.Resource resource : template(name).resources().values()) {
                if (precious.contains(resource.type())) {
                    assertThat(resource.written())
                            .as(resource.id())
                            .containsEntry("DeletionPolicy", "Retain")
                            .containsEntry("UpdateReplacePolicy", "Retain");
                }
            }
        }
    }

    @Test
    void alarmsOfTheRequirementsAreThere() {
        List<String> alarms = new ArrayList<>();
        for (String name : List.of("api-service", "bridge-service", "observability", "pool-home", "pool-region")) {
            Template template = template(name);
            template.ofType("AWS::CloudWatch::Alarm").forEach(alarm -> alarms.add(alarm.text("AlarmName")));
            template.ofType("AWS::CloudWatch::Alarm")
                    .forEach(alarm -> assertThat(alarm.at("AlarmActions")).isEqualTo(List.of("topic")));
        }
        Set<String> expected = new TreeSet<>(Set.of(
                "renderfleet-prod-api-5xx",
                "renderfleet-prod-api-p95",
                "renderfleet-prod-distributor-errors",
                "renderfleet-prod-completions-kafka-age",
                "renderfleet-prod-completions-webhook-age",
                "renderfleet-prod-us-east-1-render-age",
                "renderfleet-prod-master-render-age",
                "renderfleet-prod-us-east-1-render-no-progress",
                "renderfleet-prod-master-render-no-progress"));
        for (String service : List.of("api", "distributor", "worker-render")) {
            for (String figure : List.of("cpu", "memory", "disk")) {
                expected.add("renderfleet-prod-" + service + "-" + figure);
            }
        }
        expected.addAll(deadLetters());

        assertThat(alarms).containsAll(expected);
    }

    private static List<String> deadLetters() {
        return Stream.of("home", "pool-home", "pool-region")
                .flatMap(name -> template(name).ofType("AWS::SQS::Queue").stream())
                .map(queue -> queue.text("QueueName"))
                .filter(queue -> queue.contains("-dlq"))
                .toList();
    }

    private static Template template(String name) {
        return Fleet.template(name, Fleet.HOME, Map.of("Telemetry", "true", "Strategy", "BLUE_GREEN"));
    }

    private static List<Object> statements(Template.Resource resource) {
        List<Object> found = new ArrayList<>();
        if (resource.has("PolicyDocument")) {
            found.addAll(Template.list(resource.at("PolicyDocument", "Statement")));
        }
        for (Object policy : Template.list(resource.properties().getOrDefault("Policies", List.of()))) {
            found.addAll(Template.list(Fleet.field(Fleet.field(policy, "PolicyDocument"), "Statement")));
        }
        return found;
    }
}
