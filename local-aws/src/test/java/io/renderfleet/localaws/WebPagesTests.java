package io.renderfleet.localaws;

import static io.renderfleet.localaws.TestClients.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueNames;
import io.renderfleet.testing.JobBuilder;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;

/** What web pages in the browser of a developer may do with local AWS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebPagesTests {
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";
    private static final String AUTHORIZED = "Authorization: AWS4-HMAC-SHA256 Credential=renderfleet";

    private LocalAws aws;
    private TestClients clients;
    private SqsClient sqs;

    @BeforeAll
    void start() {
        aws = LocalAws.start(LocalAwsOptions.onFreePorts());
        clients = new TestClients(aws);
        sqs = clients.sqs(HOME);
    }

    @AfterAll
    void stop() {
        clients.close();
        aws.close();
    }

    @Test
    void noFormCreatesAQueue() throws IOException {
        String form = "Action=CreateQueue&QueueName=made-by-a-page";

        assertThat(call(aws.endpoints().sqs(HOME), "POST /", "127.0.0.1", form, FORM, "Origin: http://evil.example"))
                .startsWith("HTTP/1.1 403");
        assertThat(call(aws.endpoints().sqs(HOME), "POST /", "127.0.0.1", form, FORM))
                .startsWith("HTTP/1.1 403");
        assertThat(sqs.listQueues().queueUrls()).noneMatch(url -> url.contains("made-by-a-page"));
    }

    @Test
    void noLinkPurgesAQueue() throws IOException {
        String url = sqs.getQueueUrl(
                        request -> request.queueName(new QueueNames("local").master(JobBuilder.POOL, Lane.NORMAL)))
                .queueUrl();
        sqs.sendMessage(request -> request.queueUrl(url).messageBody("job"));

        assertThat(call(
                        aws.endpoints().sqs(HOME),
                        "GET " + URI.create(url).getPath() + "?Action=PurgeQueue",
                        "127.0.0.1",
                        "",
                        "Sec-Fetch-Site: cross-site"))
                .startsWith("HTTP/1.1 403");
        assertThat(sqs.receiveMessage(request -> request.queueUrl(url).waitTimeSeconds(2))
                        .messages())
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example:9324"})
    void noReboundNameReadsQueuesTablesOrFiles(String host) throws IOException {
        for (URI endpoint : new URI[] {
            aws.endpoints().sqs(HOME),
            aws.endpoints().dynamoDb(),
            aws.endpoints().s3()
        }) {
            assertThat(call(endpoint, "POST /", host, "Action=ListQueues", FORM, AUTHORIZED))
                    .as("%s", endpoint)
                    .startsWith("HTTP/1.1 403");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost:9324", "[::1]:9324", "local-aws:9324", "host.docker.internal:9324"})
    void programsReachSqsUnderEachOfItsNames(String host) throws IOException {
        assertThat(call(aws.endpoints().sqs(HOME), "POST /", host, "Action=ListQueues", FORM, AUTHORIZED))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void answersTheRequestsOfAConnectionInTheirOrder() throws IOException {
        URI endpoint = aws.endpoints().sqs(HOME);
        String good = request("POST /", "localhost", "Action=ListQueues", FORM, AUTHORIZED);
        String bad = request("POST /", "evil.example", "Action=ListQueues", FORM, AUTHORIZED);
        String last = request("POST /", "localhost", "Action=ListQueues", FORM, AUTHORIZED, "Connection: close");

        assertThat(send(endpoint, good + bad + last).split("HTTP/1.1 ", -1))
                .extracting(answer -> answer.isEmpty() ? "" : answer.substring(0, 3))
                .containsExactly("", "200", "403", "200");
    }

    @Test
    void anyPageMayLinkToAResultButNotDeleteIt() throws IOException {
        S3Client s3 = clients.s3();
        String bucket = "renderfleet-local-results-us-west-2";
        s3.putObject(request -> request.bucket(bucket).key("results/1.png"), RequestBody.fromString("picture"));
        URI link = URI.create(clients.presigner()
                .presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(5))
                        .getObjectRequest(get -> get.bucket(bucket).key("results/1.png")))
                .url()
                .toString());
        String path = link.getRawPath() + "?" + link.getRawQuery();

        assertThat(call(link, "GET " + path, link.getAuthority(), "", "Sec-Fetch-Site: cross-site"))
                .startsWith("HTTP/1.1 200")
                .endsWith("picture");
        assertThat(call(link, "DELETE " + path, link.getAuthority(), "", "Origin: http://evil.example"))
                .startsWith("HTTP/1.1 403")
                .contains("another web site");
    }

    private static String call(URI endpoint, String line, String host, String body, String... headers)
            throws IOException {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Connection: close";
        return send(endpoint, request(line, host, body, all));
    }

    private static String request(String line, String host, String body, String... headers) {
        return line + " HTTP/1.1\r\nHost: " + host + "\r\n" + String.join("\r\n", headers) + "\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    private static String send(URI endpoint, String text) throws IOException {
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
