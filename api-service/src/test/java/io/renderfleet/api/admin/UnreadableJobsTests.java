package io.renderfleet.api.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.region.RegionId;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@ApiTest
class UnreadableJobsTests {
    private static final RegionId WEST = new RegionId("us-west-2");

    @Autowired
    MockMvcTester http;

    @Autowired
    JobRecovery jobs;

    @Autowired
    ApiFixture fixture;

    @Test
    void listsTheJobsThatWereParked() {
        JobId id = fixture.submit("");
        jobs.park(id, Instant.parse("2030-01-01T00:00:00Z"));

        var answer = assertThat(http.get().uri("/admin/unreadable-jobs"))
                .hasStatus(200)
                .bodyJson();

        answer.extractingPath("$.items[?(@.jobId == '" + id + "')].nextCheck")
                .asArray()
                .containsExactly("2030-01-01T00:00:00.000Z");
        answer.extractingPath("$.more").isEqualTo(false);
    }

    @Test
    void listsTheDeadLetterOfAJobThatCannotBeRead() {
        fixture.clearDeadLetters();
        JobId id = fixture.submit("");
        fixture.writePriority(id, "WRITTEN-BY-A-NEWER-VERSION");
        fixture.deadLetter(WEST, "renderfleet-local-us-west-2-render-normal", ApiFixture.message(id, "user-1", 0));

        var answer = assertThat(http.get().uri("/admin/dead-letters?lane=NORMAL&region=us-west-2"))
                .hasStatus(200)
                .bodyJson();

        answer.extractingPath("$.items[*].cause").asArray().containsExactly("unreadable-job");
        answer.extractingPath("$.items[*].jobId").asArray().containsExactly(id.toString());
        fixture.clearDeadLetters();
    }
}
