package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.deploy.Fleet.Service;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.region.RegionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers and distributors follow their queues, not their CPU. */
class ScalingTests {
    private static final QueueNames NAMES = new QueueNames(Fleet.ENV);

    @Test
    void workersFollowWhatWaitsAndRunsOnAllLanesOfTheirRegion() {
        assertThat(metrics(tracked(scaling(Service.WORKER, Fleet.OTHER))))
                .containsExactlyInAnyOrderElementsOf(backlogOf(
                        Stream.of(Lane.values())
                                .map(lane -> NAMES.regional(new RegionId(Fleet.OTHER), Fleet.POOL, lane))
                                .toList(),
                        "renderfleet-prod-worker-render"));
    }

    @Test
    void distributorsFollowWhatWaitsOnAllMasterQueues() {
        assertThat(metrics(tracked(scaling(Service.DISTRIBUTOR, Fleet.HOME))))
                .containsExactlyInAnyOrderElementsOf(backlogOf(
                        Stream.of(Lane.values())
                                .map(lane -> NAMES.master(Fleet.POOL, lane))
                                .toList(),
                        "renderfleet-prod-distributor"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Service.class,
            names = {"DISTRIBUTOR", "WORKER"})
    void theFigureIsTheBacklogPerTaskAndSafeWithoutTasks(Service service) {
        Object metrics = tracked(scaling(service, Fleet.HOME));
        String backlog = expression(metrics, "backlog").replaceAll("\\s+", " ");

        assertThat(Template.list(metrics))
                .filteredOn(query -> Boolean.TRUE.equals(Fleet.field(query, "ReturnData")))
                .singleElement()
                .extracting(query -> Fleet.field(query, "Expression"))
                .isEqualTo("IF(running > 0, backlog / running, backlog)");
        for (Object query : Template.list(metrics)) {
            String id = Fleet.field(query, "Id").toString();
            if (id.startsWith("waiting_") || id.startsWith("held_")) {
                assertThat(backlog).containsPattern("\\b" + id + "\\b");
            }
        }
        assertThat(backlog)
                .as("what has no figure is left out, not taken for the end of all")
                .startsWith("SUM([");
    }

    @ParameterizedTest
    @EnumSource(
            value = Service.class,
            names = {"DISTRIBUTOR", "WORKER"})
    void cpuHasNoSay(Service service) {
        assertThat(scaling(service, Fleet.HOME).ofType("AWS::ApplicationAutoScaling::ScalingPolicy"))
                .isNotEmpty()
                .allSatisfy(policy -> assertThat(policy.properties().toString()).doesNotContain("CPU", "Predefined"));
    }

    @Test
    void theApiFollowsCpuAndRequests() {
        assertThat(Service.API.template().ofType("AWS::ApplicationAutoScaling::ScalingPolicy"))
                .extracting(policy -> policy.text(
                        "TargetTrackingScalingPolicyConfiguration",
                        "PredefinedMetricSpecification",
                        "PredefinedMetricType"))
                .containsExactlyInAnyOrder("ECSServiceAverageCPUUtilization", "ALBRequestCountPerTarget");
    }

    @Test
    void cloudWatchTakesAsManyMetricsInOneExpression() {
        for (Service service : List.of(Service.DISTRIBUTOR, Service.WORKER)) {
            assertThat(metrics(tracked(scaling(service, Fleet.HOME))))
                    .as("ten at most")
                    .hasSizeLessThanOrEqualTo(10);
        }
        for (String name : Template.names()) {
            for (Template.Resource alarm : Fleet.template(name, Fleet.HOME).ofType("AWS::CloudWatch::Alarm")) {
                if (alarm.has("Metrics")) {
                    assertThat(metrics(alarm.at("Metrics")))
                            .as(name + " " + alarm.id())
                            .hasSizeLessThanOrEqualTo(10);
                }
            }
        }
    }

    @Test
    void theFirstWorkerIsStartedByAStepAsSoonAsAJobWaits() {
        Template worker = Service.WORKER.template(Fleet.OTHER);
        Template.Resource alarm = worker.resource("WakeAlarm");

        assertThat(worker.resource("WakePolicy").at("StepScalingPolicyConfiguration", "StepAdjustments"))
                .isEqualTo(List.of(Map.of("MetricIntervalLowerBound", 0, "ScalingAdjustment", 1)));
        assertThat(alarm.at("AlarmActions")).isEqualTo(List.of("<WakePolicy>"));
        assertThat(alarm.at("EvaluationPeriods")).isEqualTo(1);
        assertThat(expression(alarm.at("Metrics"), "asleep"))
                .as("also while a protected task works on beside a desired count of zero")
                .isEqualTo("IF(waiting > 0 AND waiting * %s >= held * %s, 1, 0)"
                        .formatted(worker.defaultOf("Slots"), worker.defaultOf("BacklogPerTask")));
        assertThat(metrics(alarm.at("Metrics")))
                .as("the queues alone: a service without tasks may have no figures")
                .hasSize(2 * Lane.values().length)
                .allMatch(metric -> metric.startsWith("AWS/SQS "));
    }

    @Test
    void theTargetFollowsFromTheSlotsTheLatencyAndTheMeanTime() {
        Template worker = Service.WORKER.template();
        int slots = Integer.parseInt(worker.defaultOf("Slots"));
        int target = Integer.parseInt(worker.defaultOf("BacklogPerTask"));

        assertThat(target).isEqualTo(slots);
        assertThat(Template.text("worker-service"))
                .contains("slots x (1 + acceptable start latency / mean job time)  =  " + slots
                        + " x (1 + 0 s / 20 s)  =  " + target);
    }

    @ParameterizedTest
    @EnumSource(
            value = Service.class,
            names = {"DISTRIBUTOR", "WORKER"})
    void growingAndShrinkingHaveCooldownsOfTheirOwn(Service service) {
        Template.Resource policy = scaling(service, Fleet.HOME).resource("BacklogPolicy");

        assertThat(Integer.parseInt(policy.text("TargetTrackingScalingPolicyConfiguration", "ScaleInCooldown")))
                .isGreaterThan(
                        Integer.parseInt(policy.text("TargetTrackingScalingPolicyConfiguration", "ScaleOutCooldown")));
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void anUpdateDoesNotSetTheNumberOfTasksBack(Service service) {
        assertThat(service.template().resource("Service").has("DesiredCount")).isFalse();
    }

    @Test
    void workersRunOnSpotAboveABaseThatIsNeverReclaimed() {
        Object strategy = Fleet.template("worker-service", Fleet.HOME, Map.of("OnDemandBase", "1"))
                .resource("Service")
                .at("CapacityProviderStrategy");

        assertThat(strategy)
                .isEqualTo(List.of(
                        Map.of("CapacityProvider", "FARGATE", "Base", "1", "Weight", "0"),
                        Map.of("CapacityProvider", "FARGATE_SPOT", "Weight", "1")));
    }

    @Test
    void theClusterCountsTheTasks() {
        assertThat(Fleet.template("cluster", Fleet.HOME).resource("Cluster").at("ClusterSettings"))
                .isEqualTo(List.of(Map.of("Name", "containerInsights", "Value", "enabled")));
    }

    @Test
    void everyPoolsPolicyIsOnTheScalableTargetOfTheDistributor() {
        Template.Resource target = Service.DISTRIBUTOR.template().resource("Scaling");
        Template.Resource policy = scaling(Service.DISTRIBUTOR, Fleet.HOME).resource("BacklogPolicy");

        for (String property : List.of("ServiceNamespace", "ScalableDimension", "ResourceId")) {
            assertThat(policy.text(property)).as(property).isEqualTo(target.text(property));
        }
        assertThat(policy.text("PolicyName")).endsWith("-render");
    }

    /** Where the policies of a service are; one pool's, for the distributor. */
    private static Template scaling(Service service, String region) {
        return service == Service.DISTRIBUTOR
                ? Fleet.template("distributor-scaling", region)
                : service.template(region);
    }

    private static Object tracked(Template template) {
        return template.resource("BacklogPolicy")
                .at("TargetTrackingScalingPolicyConfiguration", "CustomizedMetricSpecification", "Metrics");
    }

    private static String expression(Object metrics, String id) {
        return Template.list(metrics).stream()
                .filter(query -> Fleet.field(query, "Id").equals(id))
                .map(query -> Fleet.field(query, "Expression").toString())
                .findFirst()
                .orElseThrow();
    }

    /** Each metric as namespace, name and the last dimension. */
    private static List<String> metrics(Object queries) {
        List<String> found = new ArrayList<>();
        for (Object query : Template.list(queries)) {
            if (Template.map(query).containsKey("MetricStat")) {
                Object metric = Fleet.field(Fleet.field(query, "MetricStat"), "Metric");
                Object dimension =
                        Template.list(Fleet.field(metric, "Dimensions")).getLast();
                found.add(Fleet.field(metric, "Namespace") + " " + Fleet.field(metric, "MetricName") + " "
                        + Fleet.field(dimension, "Value"));
            }
        }
        return found;
    }

    private static List<String> backlogOf(List<String> queues, String service) {
        List<String> metrics = new ArrayList<>();
        for (String queue : queues) {
            metrics.add("AWS/SQS ApproximateNumberOfMessagesVisible " + queue);
            metrics.add("AWS/SQS ApproximateNumberOfMessagesNotVisible " + queue);
        }
        metrics.add("ECS/ContainerInsights RunningTaskCount " + service);
        return metrics;
    }
}
