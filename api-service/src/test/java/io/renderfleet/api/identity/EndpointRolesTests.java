package io.renderfleet.api.identity;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.identity.AuthenticatedApi.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Calls every operation of the OpenAPI document as every kind of caller. An operation that is added is tested without a
 * change here; a new variable in a path needs a value, and the rule for callers who do not own what it names.
 */
class EndpointRolesTests {
    private static final String TRIANGLE = """
            {"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
             "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],
             "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3","min":[0,0,0],"max":[1,1,0]}],
             "bufferViews":[{"buffer":0,"byteLength":36}],
             "buffers":[{"byteLength":36,"uri":"data:application/octet-stream;base64,%s"}]}""";

    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "head", "patch", "options");

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static TestIssuer issuer;

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static AuthenticatedApi api;

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static JsonNode document;

    /** Values of the variables of paths. What belongs to a user belongs to ada. */
    private static final Map<String, String> VARIABLES = new LinkedHashMap<>();

    /** The variables that name what belongs to one user, and must look unknown to others. */
    private static final Set<String> OWNED = Set.of("jobId", "batchId", "designId");

    @BeforeAll
    static void start() throws Exception {
        issuer = new TestIssuer();
        api = new AuthenticatedApi(
                issuer,
                Map.ofEntries(
                        Map.entry("renderfleet.inference.pools.main.base-url", "https://provider.test/v1"),
                        Map.entry("renderfleet.inference.pools.main.models.assessment", "qwen-vl-max"),
                        Map.entry("renderfleet.inference.pools.main.domains.account.concurrency", "10"),
                        Map.entry("renderfleet.inference.pools.main.keys[0].id", "a"),
                        Map.entry("renderfleet.inference.pools.main.keys[0].domain", "account"),
                        Map.entry("renderfleet.inference.pools.main.keys[0].secret", "env:KEY_A"),
                        Map.entry("renderfleet.inference.templates.risk.model", "assessment"),
                        Map.entry("renderfleet.inference.templates.risk.prompt", "Assess {group}")));
        document = api.call("GET", "/v3/api-docs", issuer.operator("olga")).json();
        prepare();
    }

    @AfterAll
    static void stop() throws Exception {
        // Other tests of this JVM have the same tables.
        api.call("POST", "/admin/regions/us-east-1/undrain", issuer.operator("olga"));
        api.close();
        issuer.close();
    }

    private static void prepare() throws Exception {
        String ada = issuer.user("ada");
        String design = TRIANGLE.formatted(Base64.getEncoder().encodeToString(triangle()));
        Answer stored = api.call("PUT", "/designs/adas-own", ada, "model/gltf+json", design);
        assertThat(stored.status()).as(stored.body()).isEqualTo(201);
        Answer job = api.call("POST", "/jobs", ada, "application/json", """
                {"designId": "adas-own", "jobId": "%s",
                 "camera": {"position": {"x": 0, "y": 1, "z": 4}, "target": {"x": 0, "y": 1, "z": 0}}}""".formatted(UUID.randomUUID()));
        assertThat(job.status()).as(job.body()).isEqualTo(202);
        Answer batch = api.call("POST", "/batches", ada, "application/jsonl", """
                {"custom_id": "a-1", "body": {"model": "assessment", "messages": [{"role": "user", "content": "Is it?"}]}}
                """);
        assertThat(batch.status()).as(batch.body()).isEqualTo(202);
        VARIABLES.put("jobId", job.json().path("jobId").asText());
        VARIABLES.put("batchId", batch.json().path("id").asText());
        VARIABLES.put("designId", "adas-own");
        VARIABLES.put("name", "log.txt");
        VARIABLES.put("regionId", "us-east-1");
        VARIABLES.put("pool", "main");
        VARIABLES.put("id", "unknown");
    }

    /** An operation of the document, ready to be called. */
    private record Call(
            String method,
            String template,
            String path,
            @Nullable String type,
            String body) {
        boolean isOfOperators() {
            return template.startsWith("/admin/") || template.startsWith("/alerts/rules");
        }

        /** Whether it names something of ada. A PUT makes something of the caller's own instead. */
        boolean isOwned() {
            return !method.equals("PUT") && OWNED.stream().anyMatch(name -> template.contains("{" + name + "}"));
        }
    }

    private static List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    if (!METHODS.contains(operation.getKey())) {
                        return;
                    }
                    String url = path.getKey();
                    for (Map.Entry<String, String> variable : VARIABLES.entrySet()) {
                        url = url.replace("{" + variable.getKey() + "}", variable.getValue());
                    }
                    assertThat(url)
                            .as("variables of paths that this test has no value for")
                            .doesNotContain("{");
                    JsonNode content = operation.getValue().at("/requestBody/content");
                    String type =
                            content.isEmpty() ? null : content.fieldNames().next();
                    // The body is not valid: the caller is judged before it.
                    calls.add(new Call(
                            operation.getKey().toUpperCase(Locale.ROOT),
                            path.getKey(),
                            url,
                            type,
                            type == null ? "" : "?"));
                }));
        return calls;
    }

    private static int status(Call call, @Nullable String token) throws Exception {
        return api.call(call.method(), call.path(), token, call.type(), call.body())
                .status();
    }

    @Test
    void everyOperationKnowsItsCallers() throws Exception {
        List<Call> calls = calls();
        assertThat(calls).hasSizeGreaterThan(35);
        String wrongAudience = issuer.token("ada", List.of("user"), claims -> claims.audience("other"));
        String expired = issuer.token(
                "ada",
                List.of("user"),
                claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(600))));
        StringBuilder table = new StringBuilder("%-6s %-38s %7s %9s %8s %5s %6s %9s%n"
                .formatted("", "", "nobody", "audience", "expired", "ada", "bob", "operator"));
        for (Call call : calls) {
            int nobody = status(call, null);
            int audience = status(call, wrongAudience);
            int old = status(call, expired);
            int ada = status(call, issuer.user("ada"));
            int bob = status(call, issuer.user("bob"));
            int operator = status(call, issuer.operator("olga"));
            table.append("%-6s %-38s %7d %9d %8d %5d %6d %9d%n"
                    .formatted(call.method(), call.template(), nobody, audience, old, ada, bob, operator));
            String name = call.method() + " " + call.template();
            assertThat(List.of(nobody, audience, old)).as(name).containsOnly(401);
            if (call.isOfOperators()) {
                assertThat(List.of(ada, bob)).as(name).containsOnly(403);
            } else {
                assertThat(ada).as(name).isNotIn(401, 403, 500);
                assertThat(bob).as(name).isNotIn(401, 403, 500);
            }
            if (call.isOwned()) {
                assertThat(bob).as(name).isEqualTo(404);
            }
            assertThat(operator).as(name).isNotIn(401, 403, 500);
        }
        System.out.println(table);
    }

    @Test
    void anythingButTheCallersOwnUserIdIsRefused() throws Exception {
        int checked = 0;
        for (Call call : calls()) {
            JsonNode operation = document.path("paths")
                    .path(call.template())
                    .path(call.method().toLowerCase(Locale.ROOT));
            boolean takesUser =
                    operation.path("parameters").findValuesAsText("name").contains("userId");
            if (takesUser && !call.isOfOperators()) {
                Answer bob = api.call(
                        call.method(), call.path() + "?userId=ada", issuer.user("bob"), call.type(), call.body());
                assertThat(bob.problem()).as(call.toString()).isEqualTo("other-user");
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(8);
        for (String path : List.of("/jobs", "/events")) {
            Answer bob = api.call("POST", path, issuer.user("bob"), "application/json", "{\"userId\": \"ada\"}");
            assertThat(bob.status()).as(path).isIn(400, 403);
            assertThat(bob.body()).as(path).doesNotContain("jobId");
        }
        Answer batch = api.call(
                "POST", "/jobs/batch", issuer.user("bob"), "application/json", "{\"jobs\": [{\"userId\": \"ada\"}]}");
        assertThat(batch.json().at("/items/0/problem/type").asText()).endsWith("other-user");
    }

    @Test
    void describesTheOperationsOfOperatorsOnlyToOperators() throws Exception {
        JsonNode open = api.call("GET", "/v3/api-docs", null).json();

        assertThat(open.path("paths").fieldNames())
                .toIterable()
                .contains("/jobs")
                .noneMatch(path -> path.startsWith("/admin") || path.startsWith("/alerts/rules"));
        assertThat(open.at("/components/schemas").has("DeadLetters")).isFalse();
        assertThat(open.at("/components/schemas").has("JobRequest")).isTrue();
        assertThat(api.call("GET", "/v3/api-docs.yaml", issuer.user("ada")).body())
                .doesNotContain("/admin/");
        assertThat(document.path("paths").fieldNames()).toIterable().contains("/jobs", "/admin/regions");
    }

    @Test
    void theSubjectOfTheTokenIsTheOwner() throws Exception {
        Answer job = api.call("GET", "/jobs/" + VARIABLES.get("jobId"), issuer.user("ada"));
        assertThat(job.json().path("userId").asText()).isEqualTo("ada");
        assertThat(api.call("GET", "/jobs", issuer.user("ada"))
                        .json()
                        .path("items")
                        .findValuesAsText("jobId"))
                .contains(VARIABLES.get("jobId"));
        assertThat(api.call("GET", "/jobs", issuer.user("carl")).json().path("items"))
                .isEmpty();
        assertThat(api.call("GET", "/jobs?userId=ada", issuer.operator("olga"))
                        .json()
                        .path("items")
                        .findValuesAsText("jobId"))
                .contains(VARIABLES.get("jobId"));
    }

    @Test
    void designsAreThoseOfTheUserAndTheSharedOnes() throws Exception {
        String design = TRIANGLE.formatted(Base64.getEncoder().encodeToString(triangle()));
        String bob = issuer.user("bob");
        assertThat(api.call("PUT", "/designs/chair?shared=true", bob, "model/gltf+json", design)
                        .problem())
                .isEqualTo("operators-only");
        assertThat(api.call("PUT", "/designs/chair?shared=true", issuer.operator("olga"), "model/gltf+json", design)
                        .status())
                .isEqualTo(201);
        Answer shared = api.call("GET", "/designs/chair", bob);
        assertThat(shared.json().path("shared").asBoolean()).isTrue();
        assertThat(api.call("GET", "/designs", bob).json().path("items")).isEmpty();
        assertThat(api.call("GET", "/designs?shared=true", bob).body()).contains("chair");
        assertThat(render(bob, "chair").status()).isEqualTo(202);
        assertThat(render(bob, "adas-own").problem()).isEqualTo("design-not-found");

        assertThat(api.call("PUT", "/designs/chair", bob, "model/gltf+json", design.replace("[1,1,0]", "[1,1,0 ]"))
                        .status())
                .isEqualTo(201);
        assertThat(api.call("GET", "/designs/chair", bob).json().path("shared").asBoolean())
                .isFalse();
        assertThat(api.call("GET", "/designs/chair", issuer.user("ada"))
                        .json()
                        .path("digest")
                        .asText())
                .isEqualTo(shared.json().path("digest").asText());
    }

    private static byte[] triangle() {
        byte[] points = new byte[36];
        points[15] = 63; // 1.0 is 0x3f800000, with its lowest byte first.
        points[14] = (byte) 128;
        points[31] = 63;
        points[30] = (byte) 128;
        return points;
    }

    private static Answer render(String token, String design) throws Exception {
        return api.call("POST", "/jobs", token, "application/json", """
                {"designId": "%s",
                 "camera": {"position": {"x": 0, "y": 1, "z": 4}, "target": {"x": 0, "y": 1, "z": 0}}}""".formatted(design));
    }

    @Test
    void keysAndIdsOfUsersDoNotMeet() throws Exception {
        Answer other = api.call(
                "POST", "/jobs", issuer.user("bob"), "application/json", """
                {"designId": "adas-own", "jobId": "%s",
                 "camera": {"position": {"x": 0, "y": 1, "z": 4}, "target": {"x": 0, "y": 1, "z": 0}}}""".formatted(VARIABLES.get("jobId")));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.body()).doesNotContain("ada\"");
    }

    @Test
    void aBatchOfJobsIsItsOwners() throws Exception {
        String camera =
                "\"camera\": {\"position\": {\"x\": 0, \"y\": 1, \"z\": 4}, \"target\": {\"x\": 0, \"y\": 1, \"z\": 0}}";
        String design = TRIANGLE.formatted(Base64.getEncoder().encodeToString(triangle()));
        api.call("PUT", "/designs/bobs-own", issuer.user("bob"), "model/gltf+json", design);
        // One of the jobs is ada's, so that it is refused, and bob must not see it in the batch.
        Answer submitted = api.call("POST", "/jobs/batch", issuer.user("bob"), "application/json", """
                {"jobs": [{"designId": "bobs-own", "jobId": "%s", %s}, {"designId": "bobs-own", %s}]}""".formatted(
                        VARIABLES.get("jobId"), camera, camera));
        assertThat(submitted.status()).as(submitted.body()).isEqualTo(202);
        assertThat(submitted.json().at("/items/0/problem/type").asText()).endsWith("idempotency-conflict");
        String path = "/jobs/batch/" + submitted.json().path("batchId").asText();

        Answer bobs = api.call("GET", path, issuer.user("bob"));
        assertThat(bobs.json().path("total").asInt()).isEqualTo(1);
        assertThat(bobs.body()).doesNotContain(VARIABLES.get("jobId"));
        assertThat(api.call("GET", path, issuer.user("ada")).problem()).isEqualTo("batch-not-found");
        assertThat(api.call("GET", path, issuer.operator("olga")).status()).isEqualTo(200);
    }

    @Test
    void onlyOperatorsFindTheJobsOfOthers() throws Exception {
        assertThat(api.call("GET", "/admin/jobs", issuer.user("ada")).problem()).isEqualTo("operators-only");
        assertThat(api.call("GET", "/admin/jobs?userId=ada&limit=100", issuer.operator("olga"))
                        .json()
                        .path("items")
                        .findValuesAsText("userId"))
                .isNotEmpty()
                .containsOnly("ada");
        assertThat(api.call("GET", "/jobs?designId=adas-own", issuer.user("bob"))
                        .json()
                        .path("items"))
                .isEmpty();
    }

    @Test
    void writesAnAuditLineForEachWriteAndEachReadOfAnOperator() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger("io.renderfleet.audit");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try {
            Answer job = render(issuer.user("ada"), "adas-own");
            api.call("GET", "/jobs/" + VARIABLES.get("jobId"), issuer.user("ada"));
            api.call("POST", "/jobs/" + VARIABLES.get("jobId") + "/cancel", issuer.operator("olga"));
            api.call("GET", "/jobs?userId=ada", issuer.operator("olga"));
            api.call("POST", "/admin/regions/us-east-1/drain", issuer.user("bob"));
            api.call("DELETE", "/admin/dead-letters", null);

            List<JsonNode> written = new ArrayList<>();
            for (ILoggingEvent line : List.copyOf(lines.list)) {
                written.add(new ObjectMapper().readTree(line.getFormattedMessage()));
            }
            assertThat(written).hasSize(5);
            JsonNode first = written.getFirst();
            assertThat(first.path("who").asText()).isEqualTo("ada");
            assertThat(first.path("operation").asText()).isEqualTo("/jobs");
            assertThat(first.path("jobId").asText())
                    .isEqualTo(job.json().path("jobId").asText());
            assertThat(first.path("status").asInt()).isEqualTo(202);
            assertThat(first.path("requestId").asText()).matches("[0-9a-f]{32}");
            assertThat(first.has("onBehalfOf")).isFalse();
            JsonNode cancel = written.get(1);
            assertThat(cancel.path("who").asText()).isEqualTo("olga");
            assertThat(cancel.path("onBehalfOf").asText()).isEqualTo("ada");
            assertThat(cancel.path("operator").asBoolean()).isTrue();
            assertThat(cancel.path("jobId").asText()).isEqualTo(VARIABLES.get("jobId"));
            assertThat(written.get(2).path("method").asText()).isEqualTo("GET");
            assertThat(written.get(3).path("who").asText()).isEqualTo("bob");
            assertThat(written.get(3).path("status").asInt()).isEqualTo(403);
            assertThat(written.get(4).has("who")).isFalse();
            assertThat(written.get(4).path("status").asInt()).isEqualTo(401);
        } finally {
            log.detachAppender(lines);
        }
    }
}
