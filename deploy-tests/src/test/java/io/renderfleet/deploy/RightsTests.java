package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.deploy.Fleet.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A service may do what its code does, where it does it, and nothing else. */
class RightsTests {
    /** IAM puts in the region that a call goes to. */
    private static final String REGIONAL = "${aws:RequestedRegion}-*";

    private static final String COMPLETIONS = "renderfleet-prod-completions";
    private static final String OF_BRIDGE = COMPLETIONS + "-kafka";
    private static final String OF_WEBHOOKS = COMPLETIONS + "-webhook";

    /** The queues to which each service sends the events of jobs that end in it. */
    private static final String EVENTS = COMPLETIONS + " " + OF_BRIDGE + " " + OF_WEBHOOKS;

    private static final String API_KEY = "arn:aws:secretsmanager:us-east-1:123456789012:secret:qwen-1-AbCdEf";
    private static final String TOPIC = "arn:aws:sns:us-east-1:123456789012:camera-alerts";
    private static final String FLEET_TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/renderfleet-prod-fleet";
    private static final Object ITEMS_OF_KEYS = Map.of(
            "ForAllValues:StringLike", Map.of("dynamodb:LeadingKeys", List.of("keys#*", "keystats#*", "permits#*")));

    /** What a role has beside the calls of the code, and why. */
    private static final Map<Service, Set<String>> MORE = Map.of(
            Service.API,
            Set.of(),
            Service.DISTRIBUTOR,
            Set.of(),
            Service.WORKER,
            // For the task to keep itself from being scaled in.
            Set.of("ecs:GetTaskProtection", "ecs:UpdateTaskProtection"));

    @ParameterizedTest
    @EnumSource(Service.class)
    void eachCallOfTheCodeIsAllowedAndNoOther(Service service) {
        Set<String> expected = new TreeSet<>(CalledActions.of(roots(service)));
        assertThat(expected).as("calls found in the code").contains("sqs:GetQueueUrl");
        expected.addAll(MORE.getOrDefault(service, Set.of()));

        Set<String> given = new TreeSet<>();
        (switch (service) {
                    case WORKER -> ofInferenceWorkers();
                    case API -> ofApiWithTopic();
                    case DISTRIBUTOR, BRIDGE -> rights(service);
                })
                .forEach(right -> given.add(right.action()));

        assertThat(given).isEqualTo(expected);
    }

    /** The service's own classes, and those of the job types that it finds. */
    private static List<String> roots(Service service) {
        String render = "io.renderfleet.jobtype.render.";
        String inference = "io.renderfleet.jobtype.inference.";
        List<String> roots = new ArrayList<>(List.of("io.renderfleet." + service.serviceName() + "."));
        switch (service) {
            case API ->
                roots.addAll(List.of(
                        render + "request.",
                        render + "design.DesignController",
                        render + "design.DesignFileController",
                        render + "design.DesignDigests",
                        render + "design.Uploads",
                        inference + "fleet.KeysController",
                        inference + "batch."));
            case WORKER -> roots.addAll(List.of(render + "run.", inference + "fleet.FleetKeys"));
            case DISTRIBUTOR, BRIDGE -> {}
        }
        return roots;
    }

    @Test
    void theApiReachesWhatItStoresReadsAndSendsTo() {
        assertRights(
                Service.API,
                Map.of(
                        "dynamodb:PutItem",
                        "table/renderfleet-prod-jobs",
                        "dynamodb:DeleteItem",
                        "table/renderfleet-prod-jobs",
                        "dynamodb:BatchGetItem",
                        "table/renderfleet-prod-jobs",
                        "dynamodb:GetItem",
                        "table/renderfleet-prod-fleet table/renderfleet-prod-jobs",
                        "dynamodb:UpdateItem",
                        "table/renderfleet-prod-fleet table/renderfleet-prod-jobs",
                        "dynamodb:Query",
                        "table/renderfleet-prod-jobs/index/by-user table/renderfleet-prod-jobs/index/failed-jobs"
                                + " table/renderfleet-prod-jobs/index/open-jobs",
                        "sqs:SendMessage",
                        EVENTS + " " + queues("master-*"),
                        "s3:PutObject",
                        "renderfleet-prod-designs-123456789012/batches/*"
                                + " renderfleet-prod-designs-123456789012/blobs/*"
                                + " renderfleet-prod-designs-123456789012/designs/*"
                                + " renderfleet-prod-designs-123456789012/inputs/*",
                        "s3:GetObject",
                        "renderfleet-prod-designs-123456789012/batches/*"
                                + " renderfleet-prod-designs-123456789012/blobs/*"
                                + " renderfleet-prod-designs-123456789012/designs/*"
                                + " renderfleet-prod-designs-123456789012/inputs/names/*"
                                + " renderfleet-prod-results-*-123456789012/results/*",
                        "s3:ListBucket",
                        "renderfleet-prod-designs-123456789012"));
        assertRights(Service.API, Map.of("s3:DeleteObject", "renderfleet-prod-designs-123456789012/designs/*"));
    }

    @Test
    void operatorsReachDeadLettersAndSeeDepthsThroughTheApi() {
        String letters = letters(REGIONAL) + " " + letters("master-*");
        String every = queues(REGIONAL) + " " + queues("master-*") + " " + letters;
        String received = COMPLETIONS + " " + OF_WEBHOOKS + " " + letters;
        assertRights(
                Service.API,
                Map.of("sqs:ReceiveMessage", received, "sqs:DeleteMessage", received, "sqs:GetQueueAttributes", every));
    }

    @Test
    void theDistributorReachesEveryQueueAndBothTables() {
        String every = sorted(queues(REGIONAL) + " " + queues("master-*"));
        String letters = letters(REGIONAL) + " " + letters("master-*");
        assertRights(
                Service.DISTRIBUTOR,
                Map.of(
                        "dynamodb:Query",
                        "table/renderfleet-prod-jobs/index/open-jobs",
                        "dynamodb:UpdateItem",
                        "table/renderfleet-prod-jobs",
                        "dynamodb:GetItem",
                        "table/renderfleet-prod-fleet table/renderfleet-prod-jobs",
                        "sqs:SendMessage",
                        EVENTS + " " + every,
                        "sqs:ReceiveMessage",
                        sorted(every + " " + letters),
                        "sqs:DeleteMessage",
                        sorted(every + " " + letters)));
    }

    @Test
    void aWorkerReachesTheQueuesOfItsOwnRegionAndPoolAndOneBucketToWriteTo() {
        assertRights(
                Service.WORKER,
                Map.of(
                        "dynamodb:BatchGetItem", "table/renderfleet-prod-jobs",
                        "dynamodb:UpdateItem", "table/renderfleet-prod-jobs",
                        "sqs:ReceiveMessage", queues("us-east-1-render"),
                        "sqs:SendMessage", EVENTS + " " + queues("us-east-1-render"),
                        "s3:GetObject",
                                "renderfleet-prod-designs-123456789012/blobs/*"
                                        + " renderfleet-prod-designs-123456789012/inputs/blobs/*",
                        "s3:AbortMultipartUpload", "renderfleet-prod-results-us-east-1-123456789012/results/*",
                        "s3:PutObject", "renderfleet-prod-results-us-east-1-123456789012/results/*",
                        "ecs:UpdateTaskProtection", "task/renderfleet-prod/*"));
    }

    @Test
    void theBridgeReachesTheEventsOfItsSinkAndNothingElse() {
        String events = "arn:aws:sqs:us-east-1:123456789012:" + OF_BRIDGE;
        assertThat(rights(Service.BRIDGE))
                .containsExactlyInAnyOrder(
                        new Right("sqs:ChangeMessageVisibility", events, Map.of()),
                        new Right("sqs:DeleteMessage", events, Map.of()),
                        new Right("sqs:GetQueueUrl", events, Map.of()),
                        new Right("sqs:ReceiveMessage", events, Map.of()));
    }

    @Test
    void onlyWorkersWithApiKeysReadThemAndShareThem() {
        assertThat(rights(Service.WORKER)).noneMatch(RightsTests::isForKeys);
        assertThat(ofInferenceWorkers())
                .filteredOn(RightsTests::isForKeys)
                .containsExactlyInAnyOrder(
                        new Right("dynamodb:GetItem", FLEET_TABLE, ITEMS_OF_KEYS),
                        new Right("dynamodb:UpdateItem", FLEET_TABLE, ITEMS_OF_KEYS),
                        new Right("secretsmanager:GetSecretValue", API_KEY, Map.of()));
    }

    @Test
    void theApiPublishesToTheTopicOfTheFileIfThereIsOne() {
        assertThat(rights(Service.API)).noneMatch(right -> right.action().startsWith("sns:"));
        assertThat(ofApiWithTopic())
                .filteredOn(right -> right.action().startsWith("sns:"))
                .containsExactly(new Right("sns:Publish", TOPIC, Map.of()));
        assertThat(Service.environment(apiWithTopic())).containsEntry("RENDERFLEET_ALERTS_TOPIC", TOPIC);
    }

    private static List<Right> ofApiWithTopic() {
        return rights(apiWithTopic());
    }

    private static Template apiWithTopic() {
        return Fleet.template(Service.API.module(), Fleet.HOME, Map.of("AlertsTopic", TOPIC));
    }

    private static boolean isForKeys(Right right) {
        return right.action().startsWith("secretsmanager:") || right.resource().equals(FLEET_TABLE);
    }

    private static List<Right> ofInferenceWorkers() {
        return rights(Fleet.template(Service.WORKER.module(), Fleet.HOME, Map.of("InferenceSecrets", API_KEY)));
    }

    @Test
    void theCollectorReachesNoJobQueueDesignOrResult() {
        assertThat(rights(Fleet.template("telemetry", Fleet.HOME, Map.of("PrometheusUrl", "https://x"))))
                .extracting(Right::action)
                .containsExactlyInAnyOrder(
                        "ecs:DescribeTaskDefinition",
                        "ecs:ListServices",
                        "ecs:ListTasks",
                        "ecs:DescribeServices",
                        "ecs:DescribeServices",
                        "ecs:DescribeTasks",
                        "ecs:DescribeTasks",
                        "xray:PutTelemetryRecords",
                        "xray:PutTraceSegments",
                        "aps:RemoteWrite",
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents");
    }

    @Test
    void aWorkerCreatesResultsAndDoesNothingElseWithThem() {
        assertThat(rights(Service.WORKER))
                .filteredOn(right -> right.resource().contains("-results-"))
                .extracting(Right::action)
                .containsExactlyInAnyOrder("s3:AbortMultipartUpload", "s3:PutObject");
        assertThat(rights(Service.WORKER))
                .extracting(Right::action)
                .noneMatch(action -> action.matches("s3:(List|Delete).*|dynamodb:(Scan|Query|PutItem|DeleteItem)"));
    }

    @Test
    void aWorkerProtectsTasksOfItsOwnServiceOnly() {
        assertThat(rights(Service.WORKER))
                .filteredOn(right -> right.action().startsWith("ecs:"))
                .hasSize(2)
                .allSatisfy(right -> assertThat(right.condition())
                        .isEqualTo(Map.of(
                                "StringEquals", Map.of("aws:ResourceTag/renderfleet:service", "worker-render"))));
        Template.Resource service = Service.WORKER.template().resource("Service");
        assertThat(service.text("PropagateTags")).isEqualTo("SERVICE");
        assertThat(service.at("Tags"))
                .isEqualTo(List.of(Map.of("Key", "renderfleet:service", "Value", "worker-render")));
    }

    @Test
    void tablesAndMasterQueuesAreThoseOfTheHomeRegion() {
        List<Right> rights = rights(Service.WORKER, Fleet.OTHER);

        assertThat(rights)
                .filteredOn(right -> right.action().startsWith("dynamodb:"))
                .isNotEmpty()
                .allSatisfy(right -> assertThat(right.resource()).contains(":dynamodb:" + Fleet.HOME + ":"));
        assertThat(rights)
                .filteredOn(right -> right.action().startsWith("sqs:"))
                .isNotEmpty()
                .allSatisfy(right -> assertThat(right.resource())
                        .contains(":sqs:" + (right.resource().contains(COMPLETIONS) ? Fleet.HOME : Fleet.OTHER) + ":"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Service.class,
            names = {"API", "DISTRIBUTOR"})
    void theQueuesOfARegionAreReachedThereAndMasterQueuesInTheHomeRegion(Service service) {
        assertThat(rights(service))
                .filteredOn(right -> right.action().startsWith("sqs:"))
                .isNotEmpty()
                .allSatisfy(right -> {
                    if (right.resource().contains(REGIONAL)) {
                        assertThat(right.resource()).startsWith("arn:aws:sqs:*:");
                        assertThat(right.condition())
                                .isEqualTo(Map.of(
                                        "StringEquals",
                                        Map.of("aws:RequestedRegion", List.of(Fleet.HOME, Fleet.OTHER))));
                    } else if (!right.resource().contains(":" + COMPLETIONS)) {
                        assertThat(right.resource())
                                .startsWith("arn:aws:sqs:" + Fleet.HOME + ":" + Template.ACCOUNT
                                        + ":renderfleet-prod-master-*-");
                    }
                });
    }

    @ParameterizedTest
    @EnumSource(
            value = Service.class,
            names = {"API", "DISTRIBUTOR"})
    void jobsAreNotSentToDeadLetterQueues(Service service) {
        assertThat(rights(service))
                .filteredOn(right -> right.action().equals("sqs:SendMessage"))
                .isNotEmpty()
                .noneMatch(right -> right.resource().matches(".*(dlq|\\*)(\\.fifo)?$"));
    }

    @Test
    void theDeployerMayCreateStackRolesButNotChangeItsOwn() {
        Template template = Fleet.template("ci-role", Fleet.HOME);
        List<String> roles = Template.list(template.resource("RoleRights").at("PolicyDocument", "Statement")).stream()
                .filter(statement -> Template.texts(Fleet.field(statement, "Action")).stream()
                        .anyMatch(action -> action.equals("iam:CreateRole") || action.equals("iam:PassRole")))
                .flatMap(statement -> Template.texts(Fleet.field(statement, "Resource")).stream())
                .map(resource -> resource.substring(resource.indexOf('/') + 1).replace("*", ".*"))
                .toList();

        for (String stack : Template.names()) {
            boolean makesRoles = !Fleet.template(stack, Fleet.HOME, Map.of("Strategy", "BLUE_GREEN"))
                    .ofType("AWS::IAM::Role")
                    .isEmpty();
            if (makesRoles && !stack.equals("ci-role")) {
                // Cut off after 24 characters of the stack's name, with a deployment's name of 10.
                String role = ("renderfleet-prod-" + stack + "-render").substring(0, 18) + "-TaskRole-ABCDEF";
                assertThat(roles).as(stack).filteredOn(role::matches).hasSize(2);
            }
        }
        assertThat(template.ofType("AWS::IAM::Role"))
                .hasSize(2)
                .allSatisfy(own -> assertThat(roles).noneMatch(own.text("RoleName")::matches));
    }

    @Test
    void onlyTheDeployWorkflowOfOneEnvironmentAndBranchBecomesThePipeline() {
        Template template = Fleet.template("ci-role", Fleet.HOME, Map.of("Repository", "owner/name"));
        String github = "token.actions.githubusercontent.com:";

        assertThat(template.resource("PipelineRole").at("AssumeRolePolicyDocument", "Statement"))
                .isEqualTo(List.of(Map.of(
                        "Effect",
                        "Allow",
                        "Principal",
                        Map.of(
                                "Federated",
                                "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"),
                        "Action",
                        "sts:AssumeRoleWithWebIdentity",
                        "Condition",
                        Map.of(
                                "StringEquals",
                                Map.of(
                                        github + "aud", "sts.amazonaws.com",
                                        github + "sub", "repo:owner/name:environment:prod",
                                        github + "ref", "refs/heads/main",
                                        github + "job_workflow_ref",
                                                "owner/name/.github/workflows/deploy.yml@refs/heads/main")))));
        assertThat(Template.root().resolve(".github/workflows/deploy.yml")).exists();
    }

    @Test
    void inChinaEveryResourceIsOfChina() {
        for (String template : Template.names()) {
            Template china = Fleet.template(template, "cn-northwest-1", Map.of("Telemetry", "true"));
            china.resources()
                    .values()
                    .forEach(resource -> assertThat(resource.properties().toString())
                            .as(template + " " + resource.id())
                            .doesNotContain("arn:aws:"));
        }
    }

    private static void assertRights(Service service, Map<String, String> expected) {
        expected.forEach((action, resources) -> assertThat(rights(service).stream()
                        .filter(right -> right.action().equals(action))
                        .map(right -> right.resource().split(":", 6)[5])
                        .sorted()
                        .collect(Collectors.joining(" ")))
                .as(service + " " + action)
                .isEqualTo(sorted(resources)));
    }

    private static String queues(String owner) {
        return Stream.of("high", "low", "normal", "ordered.fifo")
                .map(lane -> "renderfleet-prod-" + owner + "-" + lane)
                .collect(Collectors.joining(" "));
    }

    private static String letters(String owner) {
        return "renderfleet-prod-" + owner + "-dlq renderfleet-prod-" + owner + "-dlq.fifo";
    }

    private static String sorted(String words) {
        return Stream.of(words.split(" ")).sorted().collect(Collectors.joining(" "));
    }

    /** One action on one resource. */
    record Right(String action, String resource, Object condition) {}

    private static List<Right> rights(Service service) {
        return rights(service, Fleet.HOME);
    }

    /** Every right of the role of a service. */
    static List<Right> rights(Service service, String region) {
        return rights(service.template(region));
    }

    /** Every right of the role of the tasks in a template. */
    static List<Right> rights(Template template) {
        List<Right> rights = new ArrayList<>();
        for (Object policy : Template.list(template.resource("TaskRole").at("Policies"))) {
            for (Object statement : Template.list(Fleet.field(Fleet.field(policy, "PolicyDocument"), "Statement"))) {
                assertThat(Fleet.field(statement, "Effect")).isEqualTo("Allow");
                for (String action : Template.texts(Fleet.field(statement, "Action"))) {
                    for (String resource : Template.texts(Fleet.field(statement, "Resource"))) {
                        rights.add(new Right(
                                action, resource, Template.map(statement).getOrDefault("Condition", Map.of())));
                    }
                }
            }
        }
        return rights;
    }
}
