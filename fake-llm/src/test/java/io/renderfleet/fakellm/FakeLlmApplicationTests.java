package io.renderfleet.fakellm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class FakeLlmApplicationTests {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
            FakeLlmApplication.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --port x                       | port
            --port 70000                   | 70000
            --median 5 --p95 4             | median
            --provider me                  | OPENAI
            --domains a:rpm                | LIMIT=N
            --domains a:rpd=1              | 'rpd'
            --domains a:rpm=x              | 'x'
            --domains a,a                  | twice
            --keys fake-key                | SECRET=DOMAIN
            --keys fake-key=other          | 'other'
            --keys k=default,k=default     | twice
            --speed 1                      | --speed
            """)
    void wrongUsageIsExplainedAndExitsWithTwo(String arguments, String text) {
        assertThat(commandLine.execute(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).contains(text, "Usage: fake-llm [");
    }

    @Test
    void explainsItsOptions() {
        assertThat(commandLine.execute("--help")).isZero();
        assertThat(out.toString()).contains("--seed=N", "--domains=", "--keys=", "9400");
    }

    @Test
    @Timeout(60)
    void runsUntilItIsTerminated() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FakeLlmApplication.class.getName(),
                        "--port=0",
                        "--median=0",
                        "--p95=0",
                        "--domains=a:rpm=1:concurrency=2,b",
                        "--keys=first=a,second==b")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var http = HttpClient.newHttpClient();
                var lines =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = String.valueOf(lines.readLine());
            assertThat(line).startsWith("fake-llm listens on http://127.0.0.1:");
            var url = URI.create(line.substring(line.indexOf("http")) + "/v1/models");
            for (String key : new String[] {"first", "second="}) {
                var request = HttpRequest.newBuilder(url)
                        .header("Authorization", "Bearer " + key)
                        .build();
                assertThat(http.send(request, BodyHandlers.discarding()).statusCode())
                        .isEqualTo(200);
            }
            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }
}
