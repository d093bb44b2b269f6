package io.renderfleet.api.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.api.ApiTest.OnLocalAws;
import io.renderfleet.region.DrainedRegions;
import io.renderfleet.region.RegionId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@ApiTest
class RegionsTests {
    private static final RegionId WEST = new RegionId("us-west-2");

    @Autowired
    MockMvcTester http;

    @Autowired
    DrainedRegions drained;

    @Autowired
    ApiFixture fixture;

    @Test
    void listsEveryRegionWithItsDepth() {
        var answer = assertThat(http.get().uri("/admin/regions")).hasStatus(200).bodyJson();

        answer.extractingPath("$.items[*].id").asArray().containsExactly("us-east-1", "us-west-2", "us-west-1");
        answer.extractingPath("$.items[0].reachable").isEqualTo(true);
        answer.extractingPath("$.items[0].depth").asMap().containsOnlyKeys("render", "echo", "inference");
        answer.extractingPath("$.items[0].depth.render").asMap().containsOnlyKeys("HIGH", "NORMAL", "LOW", "ORDERED");
        answer.extractingPath("$.items[0].depth.render.NORMAL")
                .asMap()
                .containsOnlyKeys("visible", "inFlight", "delayed");
    }

    @Test
    void showsARegionThatDoesNotAnswer() {
        OnLocalAws.AWS.stopRegion(WEST);
        try {
            var answer =
                    assertThat(http.get().uri("/admin/regions")).hasStatus(200).bodyJson();
            answer.extractingPath("$.items[0].reachable").isEqualTo(true);
            answer.extractingPath("$.items[1].reachable").isEqualTo(false);
            answer.extractingPath("$.items[1].depth").isNull();
            assertThat(http.get().uri("/admin/queues"))
                    .hasStatus(200)
                    .bodyJson()
                    .extractingPath("$.deadLetters[?(@.region == 'us-west-2')].letters")
                    .asArray()
                    .containsOnlyNulls();
        } finally {
            OnLocalAws.AWS.startRegion(WEST);
        }
    }

    @Test
    void drainsARegionAndOpensItAgain() {
        assertThat(http.post().uri("/admin/regions/us-west-2/drain"))
                .hasStatus(200)
                .bodyJson()
                .extractingPath("$.drained")
                .isEqualTo(true);
        assertThat(http.post().uri("/admin/regions/us-west-2/drain")).hasStatus(200);
        assertThat(drained.get()).containsExactly(WEST);
        assertThat(http.get().uri("/admin/regions"))
                .bodyJson()
                .extractingPath("$.items[*].drained")
                .asArray()
                .containsExactly(false, true, false);

        assertThat(http.post().uri("/admin/regions/us-west-2/undrain"))
                .hasStatus(200)
                .bodyJson()
                .extractingPath("$.drained")
                .isEqualTo(false);
        assertThat(drained.get()).isEmpty();
    }

    @Test
    void knowsNoOtherRegions() {
        for (String action : new String[] {"drain", "undrain"}) {
            var answer = assertThat(http.post().uri("/admin/regions/eu-west-1/" + action))
                    .hasStatus(404)
                    .bodyJson();
            answer.extractingPath("$.type").isEqualTo("urn:renderfleet:problem:unknown-region");
            answer.extractingPath("$.detail").asString().contains("us-east-1, us-west-2, us-west-1");
        }
    }

    @Test
    void listsEveryQueue() {
        fixture.clearDeadLetters();
        fixture.submit("\"priority\": \"LOW\"");
        fixture.deadLetter(WEST, "renderfleet-local-us-west-2-render-high", "noise");

        var answer = assertThat(http.get().uri("/admin/queues")).hasStatus(200).bodyJson();

        answer.extractingPath("$.master.length()").isEqualTo(12);
        answer.extractingPath("$.master[2].pool").isEqualTo("render");
        answer.extractingPath("$.master[2].lane").isEqualTo("LOW");
        answer.extractingPath("$.master[2].depth.visible").asNumber().isNotEqualTo(0);
        answer.extractingPath("$.regional.length()").isEqualTo(36);
        answer.extractingPath("$.deadLetters.length()").isEqualTo(48);
        answer.extractingPath("$.deadLetters[?(@.queue == 'renderfleet-local-us-west-2-render-high-dlq')].letters")
                .asArray()
                .containsExactly(1);
        fixture.clearDeadLetters();
    }
}
