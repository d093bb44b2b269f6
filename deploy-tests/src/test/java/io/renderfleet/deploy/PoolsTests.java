package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.deploy.Fleet.Service;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A deployment with a pool that computes and one that waits, as the deploy script plans it: its stacks in their order,
 * each with the parameters that the script gives it.
 */
class PoolsTests {
    private static final Path ENVIRONMENTS = Template.root().resolve("deploy/environments");
    private static final List<String> REGIONS = List.of("us-east-1", "us-west-2", "us-west-1");
    private static final QueueNames NAMES = new QueueNames(Fleet.ENV);
    private static final Pattern ALARM = Pattern.compile("ALARM\\(\"([^\"]+)\"\\)");

    /** What the script would do, without AWS. */
    private static final String PLAN = """
            import json, sys
            from pathlib import Path
            sys.path.insert(0, "deploy")
            import deploy
            environment = deploy.read(Path(sys.argv[1]))
            stacks = [deploy.Stack(environment, *entry) for entry in deploy.plan(environment)]
            print(json.dumps([
                {"name": stack.name, "template": stack.kind, "region": stack.region, "pool": stack.pool or "",
                 "parameters": deploy.parameters(environment, stack.kind, stack.region, stack.pool)}
                for stack in stacks]))
            """;

    private static final String CHAT = """
            "chat": {
              "kind": "io", "cpu": 512, "memory": 1024, "minTasks": 0, "maxTasks": 4, "slots": 64, "backlogPerTask": 64,
              "onDemandBase": 0, "onDemandWeight": 0, "spotWeight": 1
            },
            """;

    private static List<Planned> plan = List.of();

    /** A stack that the script would deploy; {@code pool} is empty for one that is for all of them. */
    record Planned(String name, String template, String region, String pool, Map<String, String> parameters) {
        Template read() {
            return Template.of(template, region, parameters);
        }

        Map<String, String> environment() {
            return Service.environment(read());
        }
    }

    @BeforeAll
    static void plan(@TempDir Path folder) throws Exception {
        String prod = Files.readString(ENVIRONMENTS.resolve("prod.json"));
        plan = planned(
                Files.writeString(folder.resolve("prod.json"), prod.replace("\"pools\": {", "\"pools\": {\n" + CHAT)));
    }

    static List<Planned> planned(Path environment) throws IOException, InterruptedException {
        Process script = new ProcessBuilder("python3", "-B", "-c", PLAN, environment.toString())
                .directory(Template.root().toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String answer = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(script.waitFor()).isZero();
        return List.of(new ObjectMapper().readValue(answer, Planned[].class));
    }

    @Test
    void aStackHasANameOfItsOwnInItsRegion() {
        assertThat(plan)
                .extracting(stack -> stack.region() + " " + stack.name())
                .doesNotHaveDuplicates();
        assertThat(plan)
                .extracting(Planned::name)
                .contains(
                        "renderfleet-prod-network",
                        "renderfleet-prod-pool-home-render",
                        "renderfleet-prod-pool-region-chat",
                        "renderfleet-prod-worker-service-chat",
                        "renderfleet-prod-distributor-scaling-chat");
    }

    @Test
    void everyPoolHasTheQueuesThatTheCodeAsksForAndThereAreNoOthers() {
        Set<String> wanted = new TreeSet<>();
        for (Lane lane : Lane.values()) {
            Fleet.POOLS.forEach(pool -> {
                wanted.add("us-east-1 " + NAMES.master(pool.name(), lane));
                REGIONS.forEach(
                        region -> wanted.add(region + " " + NAMES.regional(new RegionId(region), pool.name(), lane)));
            });
        }
        wanted.add("us-east-1 " + NAMES.completions());
        wanted.add("us-east-1 " + NAMES.completions("kafka"));
        wanted.add("us-east-1 " + NAMES.completions("webhook"));
        List.copyOf(wanted).forEach(queue -> wanted.add(QueueNames.deadLetters(queue)));

        assertThat(plan.stream()
                        .flatMap(stack -> stack.read().ofType("AWS::SQS::Queue").stream()
                                .map(queue -> stack.region() + " " + queue.text("QueueName"))))
                .containsExactlyInAnyOrderElementsOf(wanted);
    }

    @Test
    void everyPoolHasAServiceInEveryRegionWithItsOwnSlots() {
        List<Planned> workers = of("worker-service");

        assertThat(workers).hasSize(2 * REGIONS.size()).allSatisfy(stack -> {
            Template template = stack.read();
            String name = "renderfleet-prod-worker-" + stack.pool();
            assertThat(template.resource("Service").text("ServiceName")).isEqualTo(name);
            assertThat(template.resource("Task").text("Family")).isEqualTo(name);
            assertThat(template.resource("Task")
                            .text("ContainerDefinitions", 0, "LogConfiguration", "Options", "awslogs-stream-prefix"))
                    .isEqualTo("worker-" + stack.pool());
            assertThat(template.resource("WakeAlarm").text("AlarmName")).isEqualTo(name + "-wake");
            assertThat(stack.environment())
                    .containsEntry("RENDERFLEET_WORKER_POOLS", stack.pool())
                    .containsEntry("RENDERFLEET_WORKER_REGION", stack.region())
                    .containsEntry("RENDERFLEET_WORKER_SLOTS", stack.pool().equals("chat") ? "64" : "2");
        });
    }

    @Test
    void everyServiceKnowsEveryPool() {
        assertThat(Stream.of("worker-service", "distributor-service", "api-service")
                        .flatMap(template -> of(template).stream()))
                .hasSize(2 * REGIONS.size() + 2)
                .allSatisfy(stack ->
                        assertThat(stack.environment()).containsEntry("RENDERFLEET_POOLS", "chat=io,render=cpu"));
    }

    @Test
    void theDistributorScalesByEachPoolWithTheTargetOfTheFile() {
        List<Planned> scaling = of("distributor-scaling");

        assertThat(scaling).extracting(Planned::pool).containsExactlyInAnyOrder("render", "chat");
        assertThat(scaling)
                .extracting(stack -> stack.read()
                        .resource("BacklogPolicy")
                        .text("TargetTrackingScalingPolicyConfiguration", "TargetValue"))
                .containsOnly("1000");
        assertThat(scaling)
                .extracting(stack -> stack.read().resource("BacklogPolicy").text("PolicyName"))
                .doesNotHaveDuplicates();
        assertThat(plan.indexOf(scaling.getFirst()))
                .as("its scalable target is there before it")
                .isGreaterThan(plan.indexOf(of("distributor-service").getFirst()));
    }

    @Test
    void metricsOfACompositeAlarmExistBeforeIt() {
        Set<String> there = new HashSet<>();
        List<String> summedUp = new ArrayList<>();
        for (Planned stack : plan) {
            Template template = stack.read();
            for (Template.Resource alarm : template.resources().values()) {
                if (alarm.type().equals("AWS::CloudWatch::Alarm")) {
                    there.add(stack.region() + " " + alarm.text("AlarmName"));
                    there.add(stack.region() + " <" + alarm.id() + ">");
                }
            }
            for (Template.Resource sum : template.ofType("AWS::CloudWatch::CompositeAlarm")) {
                assertThat(ALARM.matcher(sum.text("AlarmRule")).results().map(found -> name(stack, found)))
                        .as(stack.name() + " " + sum.id())
                        .isNotEmpty()
                        .isSubsetOf(there);
                there.add(stack.region() + " " + sum.text("AlarmName"));
                summedUp.addAll(ALARM.matcher(sum.text("AlarmRule"))
                        .results()
                        .map(found -> name(stack, found))
                        .toList());
            }
        }
        for (String pool : List.of("render", "chat")) {
            assertThat(summedUp).contains("us-east-1 renderfleet-prod-master-" + pool);
            REGIONS.forEach(
                    region -> assertThat(summedUp).contains(region + " renderfleet-prod-" + region + "-" + pool));
        }
    }

    private static String name(Planned stack, MatchResult found) {
        return stack.region() + " " + found.group(1);
    }

    /** So that a deployment never stops halfway for want of one. */
    @Test
    void everyParameterWithoutADefaultIsInTheFileOrPutOutByAStackBefore() {
        Map<String, Set<String>> given = new HashMap<>();
        for (Planned stack : plan) {
            Set<String> known = new HashSet<>(stack.parameters().keySet());
            known.addAll(given.getOrDefault(stack.region(), Set.of()));
            known.addAll(given.getOrDefault(stack.region() + stack.pool(), Set.of()));
            known.add("ImageDigest");

            assertThat(stack.read().parameters())
                    .allSatisfy((parameter, written) -> assertThat(
                                    written.containsKey("Default") || known.contains(parameter))
                            .as(stack.name() + " " + parameter)
                            .isTrue());
            given.computeIfAbsent(stack.region() + stack.pool(), key -> new HashSet<>())
                    .addAll(stack.read().outputs());
        }
    }

    @Test
    void parametersAreOfTheFormThatTheirTemplatesAsk() {
        for (Planned stack : plan) {
            stack.read().parameters().forEach((parameter, written) -> {
                String value = stack.parameters().get(parameter);
                if (value != null && written.containsKey("AllowedPattern") && !isList(written)) {
                    assertThat(value)
                            .as(stack.name() + " " + parameter)
                            .matches(Fleet.field(written, "AllowedPattern").toString());
                }
                if (value != null) {
                    assertThat(value.getBytes(StandardCharsets.UTF_8))
                            .as(stack.name() + " " + parameter + ", which CloudFormation bounds")
                            .hasSizeLessThanOrEqualTo(4096);
                }
            });
        }
    }

    private static boolean isList(Map<String, Object> parameter) {
        return Fleet.field(parameter, "Type").equals("CommaDelimitedList");
    }

    private static List<Planned> of(String template) {
        return plan.stream().filter(stack -> stack.template().equals(template)).toList();
    }
}
