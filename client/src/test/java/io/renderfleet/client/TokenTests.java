package io.renderfleet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenTests {
    private static ClientOptions options(FakeApi api) {
        return ClientOptions.of(api.address())
                .withRetries(RetryPolicy.defaults()
                        .within(3, Duration.ofSeconds(20))
                        .withPauses(Duration.ofMillis(1), Duration.ofMillis(5)));
    }

    @Test
    void asksForATokenForEachAttempt() throws IOException, InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        try (FakeApi api = new FakeApi();
                RenderfleetClient client =
                        new RenderfleetClient(options(api).withToken(() -> "token-" + asked.incrementAndGet()))) {
            api.answers(503, "").answers(200, "{\"items\": []}");

            client.designs();

            assertThat(api.received())
                    .extracting(request -> request.header("Authorization"))
                    .containsExactly("Bearer token-1", "Bearer token-2");
        }
    }

    @Test
    void opensLinksToFilesWithoutTheToken(@TempDir Path directory) throws IOException, InterruptedException {
        try (FakeApi storage = new FakeApi();
                FakeApi api = new FakeApi();
                RenderfleetClient client = new RenderfleetClient(options(api).withToken(() -> "secret"))) {
            api.answers(302, "", Map.of("Location", storage.address() + "/file"));
            storage.answers(200, "picture");

            client.download("job-1", directory.resolve("picture.png"));

            assertThat(api.received().getFirst().header("Authorization")).isEqualTo("Bearer secret");
            assertThat(storage.received().getFirst().headers()).doesNotContainKey("Authorization");
        }
    }

    @Test
    void sendsNothingWithoutATokenIfTheSourceFails() throws IOException {
        try (FakeApi api = new FakeApi();
                RenderfleetClient client = new RenderfleetClient(options(api).withToken(() -> {
                    throw new IllegalStateException("logged out");
                }))) {
            assertThatIllegalStateException().isThrownBy(client::designs).withMessage("logged out");
            assertThat(api.received()).isEmpty();
        }
    }

    @Test
    void keepsTheTokenOutOfTheTextOfTheOptions() throws IOException {
        try (FakeApi api = new FakeApi()) {
            assertThat(options(api).withToken(() -> "secret").toString()).doesNotContain("secret");
        }
    }
}
