package io.renderfleet.deploy;

import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;

/** Moto's server, an emulator of AWS that knows CloudFormation, in a process of its own on loopback. */
final class Moto implements AutoCloseable {
    private final Process process;
    private final URI endpoint;
    private final HttpClient http = HttpClient.newHttpClient();

    private Moto(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /** Empty where it is not installed. */
    static Optional<Moto> start() throws IOException {
        Optional<Path> program = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "moto_server"))
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty()) {
            return Optional.empty();
        }
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process process = new ProcessBuilder(program.get().toString(), "-H", "127.0.0.1", "-p", Integer.toString(port))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        var moto = new Moto(process, URI.create("http://127.0.0.1:" + port));
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .ignoreException(ConnectException.class)
                .until(() -> moto.send(HttpRequest.newBuilder(moto.endpoint.resolve("/moto-api/")))
                                .statusCode()
                        == 200);
        return Optional.of(moto);
    }

    /** Creates a stack, and everything in it that moto knows. */
    void create(String template, String region, Map<String, String> parameters)
            throws IOException, InterruptedException {
        var form = new StringBuilder("Action=CreateStack&Version=2010-05-15&Capabilities.member.1=CAPABILITY_IAM");
        form.append("&StackName=")
                .append(template)
                .append('-')
                .append(parameters.getOrDefault("Pool", "0"))
                .append("&TemplateBody=")
                .append(encoded(Template.text(template)));
        int index = 1;
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String member = "&Parameters.member." + index++ + ".Parameter";
            form.append(member).append("Key=").append(encoded(parameter.getKey()));
            form.append(member).append("Value=").append(encoded(parameter.getValue()));
        }
        HttpResponse<String> response = send(HttpRequest.newBuilder(endpoint)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=x/20260101/" + region
                                + "/cloudformation/aws4_request, SignedHeaders=host, Signature=x")
                .POST(HttpRequest.BodyPublishers.ofString(form.toString())));
        if (response.statusCode() != 200) {
            throw new IllegalStateException(template + ": " + response.body());
        }
    }

    <B extends AwsClientBuilder<B, C>, C> C client(B builder, String region) {
        return builder.endpointOverride(endpoint)
                .region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("x", "x")))
                .build();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** What a program that started it started is its own to stop. */
    @Override
    public void close() {
        http.close();
        process.descendants().collect(Collectors.toList()).forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
