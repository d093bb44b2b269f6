package io.renderfleet.jobtype.inference.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiTest;
import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyState;
import io.renderfleet.jobtype.inference.keys.Transition;
import io.renderfleet.region.FleetSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The operator calls for keys, and what they write for the workers. */
@ApiTest
@TestPropertySource(
        properties = {
            "renderfleet.inference.pools.qwen.base-url=https://models.example/v1",
            "renderfleet.inference.pools.qwen.models.qwen=qwen-vl-max",
            "renderfleet.inference.pools.qwen.domains.account-a.rpm=600",
            "renderfleet.inference.pools.qwen.domains.account-a.concurrency=20",
            "renderfleet.inference.pools.qwen.keys[0].id=qwen-1",
            "renderfleet.inference.pools.qwen.keys[0].domain=account-a",
            "renderfleet.inference.pools.qwen.keys[0].secret=env:QWEN_1",
            "renderfleet.inference.pools.qwen.keys[1].id=qwen-2",
            "renderfleet.inference.pools.qwen.keys[1].domain=account-a",
            "renderfleet.inference.pools.qwen.keys[1].secret=env:QWEN_2",
            "renderfleet.inference.pools.other.base-url=https://models.example/v1",
            "renderfleet.inference.pools.other.models.other=other-model",
            "renderfleet.inference.pools.other.domains.account-b.concurrency=5",
            "renderfleet.inference.pools.other.keys[0].id=other-1",
            "renderfleet.inference.pools.other.keys[0].domain=account-b",
            "renderfleet.inference.pools.other.keys[0].secret=env:OTHER_1",
        })
class KeysTests {
    @Autowired
    MockMvcTester http;

    @Autowired
    DynamoDbClient client;

    @Autowired
    FleetSettings fleet;

    private JsonNode key(String id) throws Exception {
        MvcTestResult answer = http.get().uri("/admin/keys").exchange();
        assertThat(answer).hasStatus(200);
        for (JsonNode pool : json(answer).path("pools")) {
            for (JsonNode key : pool.path("keys")) {
                if (key.path("id").asText().equals(id)) {
                    return key;
                }
            }
        }
        throw new AssertionError("There is no key " + id);
    }

    private static JsonNode json(MvcTestResult answer) throws Exception {
        return new ObjectMapper().readTree(answer.getResponse().getContentAsString());
    }

    private MvcTestResult post(String path) {
        return http.post().uri("/admin/keys/" + path).exchange();
    }

    private SharedStates states(String pool) {
        var states = new SharedStates(new FleetItems(client, fleet.env()), pool);
        states.refresh();
        return states;
    }

    @Test
    void listsPoolsDomainsAndKeysWithoutSecrets() throws Exception {
        MvcTestResult answer = http.get().uri("/admin/keys?pool=other").exchange();

        assertThat(answer).hasStatus(200).hasHeader("Cache-Control", "no-store");
        JsonNode pool = json(answer).at("/pools/0");
        assertThat(pool.path("pool").asText()).isEqualTo("other");
        assertThat(pool.at("/domains/0").toString())
                .isEqualTo("{\"domain\":\"account-b\",\"concurrency\":5,\"free\":5,\"held\":0}");
        assertThat(pool.at("/keys/0/state").asText()).isEqualTo("ACTIVE");
        assertThat(answer.getResponse().getContentAsString()).doesNotContain("env:");
        assertThat(json(http.get().uri("/admin/keys").exchange()).path("pools"))
                .extracting(each -> each.path("pool").asText())
                .contains("other", "qwen");
    }

    @ParameterizedTest
    @CsvSource({"disable,DISABLED", "drain,DRAINING", "enable,ACTIVE"})
    void writesWhatAnOperatorDecidesForTheWorkers(String action, KeyState state) throws Exception {
        assertThat(post("other/other-1/" + action)).hasStatus(202);

        assertThat(key("other-1").path("state").asText()).isEqualTo(state.name());
        assertThat(states("other").transitions())
                .filteredOn(Transition.KeyChanged.class::isInstance)
                .anySatisfy(transition ->
                        assertThat(((Transition.KeyChanged) transition).state()).isEqualTo(state));
        assertThat(post("other/other-1/enable")).hasStatus(202);
    }

    @Test
    void showsWhatWorkersLearntAndHold() throws Exception {
        var items = new FleetItems(client, fleet.env());
        Instant until = Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
        states("qwen").write(new Transition.DomainCooling(new DomainName("account-a"), until, 1, Instant.now(), "429"));
        states("qwen")
                .write(new Transition.KeyChanged(
                        new KeyId("qwen-2"), KeyState.INVALID, null, 0, Instant.now(), "refused"));
        items.write(PermitItem.id("qwen", "account-a"))
                .set(PermitItem.TOTAL, FleetItems.number(20))
                .set(PermitItem.FREE, FleetItems.number(13))
                .set(PermitItem.FREE_RATE, FleetItems.number(0))
                .set(PermitItem.attribute("w1"), new Holding(7, 1000, 7, 20, until).stored())
                .apply();

        JsonNode pool = json(http.get().uri("/admin/keys?pool=qwen").exchange()).at("/pools/0");

        assertThat(pool.at("/domains/0/held").asInt()).isEqualTo(7);
        assertThat(pool.at("/domains/0/free").asInt()).isEqualTo(13);
        assertThat(pool.path("workers").asInt()).isEqualTo(1);
        assertThat(key("qwen-1").path("state").asText()).isEqualTo("COOLING");
        assertThat(Instant.parse(key("qwen-1").path("until").asText())).isEqualTo(until);
        assertThat(key("qwen-2").path("state").asText()).isEqualTo("INVALID");
        assertThat(key("qwen-2").path("why").asText()).isEqualTo("refused");

        assertThat(post("qwen/qwen-2/rotate")).hasStatus(202);
        assertThat(key("qwen-2").path("state").asText()).isEqualTo("COOLING");
    }

    @Test
    void asksWorkersToVerifyOneKeyOrAll() throws Exception {
        assertThat(post("other/verify")).hasStatus(202);

        assertThat(key("other-1").at("/verification/requestedAt").asText()).isNotEmpty();
        assertThat(key("other-1").at("/verification/ok").isMissingNode()).isTrue();
        assertThat(states("other")
                        .claimVerification(
                                new KeyId("other-1"),
                                "w1",
                                Objects.requireNonNull(states("other")
                                        .fact(SharedStates.VERIFY, "other-1")
                                        .get(SharedStates.REQUESTED_AT))))
                .isTrue();
        assertThat(post("other/other-1/verify")).hasStatus(202);
    }

    @Test
    void namesThePoolsAndKeysThatThereAre() {
        for (String path : List.of("none/verify", "none/other-1/disable")) {
            assertThat(post(path))
                    .hasStatus(404)
                    .bodyJson()
                    .extractingPath("$.detail")
                    .asString()
                    .startsWith("There is no such pool of keys. Use one of ")
                    .contains("other, qwen");
        }
        assertThat(http.get().uri("/admin/keys?pool=none")).hasStatus(404);
        assertThat(post("qwen/none/enable"))
                .hasStatus(404)
                .bodyJson()
                .extractingPath("$.detail")
                .isEqualTo("The pool qwen has no such key. Use one of qwen-1, qwen-2.");
    }
}
