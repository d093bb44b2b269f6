package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Measures and prints how fast the emulated DynamoDB is and how much memory an item takes. Not part of the build, since
 * time depends on the machine: {@code make bench-dynamodb}.
 */
class DynamoDbFigures {
    private static final int THREADS = 8;
    private static final int WRITES = 200_000;
    private static final int WIRE_WRITES = 80_000;
    private static final int SDK_WRITES = 20_000;
    private static final int ITEMS = 200_000;
    private static final String ACCESS_KEY = "renderfleet";
    private static final String SECRET_KEY = "renderfleet-local";
    private static final String FILLER = "x".repeat(900);

    @Test
    void measures() throws Exception {
        System.out.printf("%-64s %,12.0f%n", "start to first answer, ms", start() / 1e6);
        System.out.printf("%-64s %,12.0f%n", "start to first answer, again, ms", start() / 1e6);
        print("conditional writes/s of 1 KB, 8 threads, without HTTP", engineWrites());
        print("the same by signed HTTP requests made before", wireWrites());
        print("the same by the AWS SDK in this process", sdkWrites());
        double overhead = overhead();
        System.out.printf("%-64s %,12.0f%n", "bytes of memory an item beyond its size, 14 attributes", overhead);
        assertThat(overhead).isLessThan(200);
    }

    /**
     * How many writes there were in a second, and what each cost.
     *
     * @param perSecond by the clock, with whatever else the machine does
     * @param processorMicros of all threads of this process, the client's too
     */
    private record Speed(double perSecond, double processorMicros) {}

    private static void print(String what, Speed speed) {
        System.out.printf("%-64s %,12.0f%n", what, speed.perSecond());
        System.out.printf("%-64s %,12.0f%n", "  processor time a write, client included, µs", speed.processorMicros());
    }

    private static long start() throws IOException {
        long begun = System.nanoTime();
        try (var server = DynamoDbServer.start("127.0.0.1", 0, DynamoDbSettings.defaults(), ACCESS_KEY, SECRET_KEY);
                var connection = new Connection(server.port())) {
            connection.exchange(signed(server.port(), "ListTables", "{}"));
            return System.nanoTime() - begun;
        }
    }

    private static Speed engineWrites() throws Exception {
        try (var dynamoDb = DynamoDb.open(DynamoDbSettings.defaults(), DynamoDb.Hooks.none())) {
            dynamoDb.call("CreateTable", Json.parse(table().getBytes(StandardCharsets.UTF_8)));
            IntFunction<Callable<Void>> work = thread -> () -> {
                for (int i = 0; i < WRITES / THREADS; i++) {
                    byte[] body = put(thread, i).getBytes(StandardCharsets.UTF_8);
                    Json.bytes(dynamoDb.call("PutItem", Json.parse(body)));
                }
                return null;
            };
            return inParallel(WRITES, work);
        }
    }

    private static Speed wireWrites() throws Exception {
        try (var server = DynamoDbServer.start("127.0.0.1", 0, DynamoDbSettings.defaults(), ACCESS_KEY, SECRET_KEY)) {
            try (var connection = new Connection(server.port())) {
                connection.exchange(signed(server.port(), "CreateTable", table()));
            }
            var requests = new ArrayList<List<byte[]>>();
            for (int thread = 0; thread < THREADS; thread++) {
                var own = new ArrayList<byte[]>();
                for (int i = 0; i < WIRE_WRITES / THREADS; i++) {
                    own.add(signed(server.port(), "PutItem", put(thread, i)));
                }
                requests.add(own);
            }
            IntFunction<Callable<Void>> work = thread -> () -> {
                try (var connection = new Connection(server.port())) {
                    for (byte[] request : requests.get(thread)) {
                        connection.exchange(request);
                    }
                }
                return null;
            };
            return inParallel(WIRE_WRITES, work);
        }
    }

    private static Speed sdkWrites() throws Exception {
        try (var server = DynamoDbServer.start("127.0.0.1", 0, DynamoDbSettings.defaults(), ACCESS_KEY, SECRET_KEY);
                var client = DynamoDbClient.builder()
                        .endpointOverride(URI.create("http://127.0.0.1:" + server.port()))
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                        .build();
                var connection = new Connection(server.port())) {
            connection.exchange(signed(server.port(), "CreateTable", table()));
            IntFunction<Callable<Void>> work = thread -> () -> {
                for (int i = 0; i < SDK_WRITES / THREADS; i++) {
                    String id = thread + "-" + i;
                    client.putItem(put -> put.tableName("figures")
                            .item(Map.of("id", AttributeValue.fromS(id), "filler", AttributeValue.fromS(FILLER)))
                            .conditionExpression("attribute_not_exists(id)"));
                }
                return null;
            };
            return inParallel(SDK_WRITES, work);
        }
    }

    private static double overhead() throws IOException {
        try (var dynamoDb = DynamoDb.open(DynamoDbSettings.defaults(), DynamoDb.Hooks.none())) {
            dynamoDb.call("CreateTable", Json.parse(table().getBytes(StandardCharsets.UTF_8)));
            long before = usedMemory();
            for (int i = 0; i < ITEMS; i++) {
                dynamoDb.call("PutItem", Json.parse(wideItem(i).getBytes(StandardCharsets.UTF_8)));
            }
            long used = usedMemory() - before;
            return (used - dynamoDb.tables().get("figures").bytes()) / (double) ITEMS;
        }
    }

    private static long usedMemory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static Speed inParallel(int writes, IntFunction<Callable<Void>> work) throws Exception {
        var parts = new ArrayList<Callable<Void>>();
        for (int thread = 0; thread < THREADS; thread++) {
            parts.add(work.apply(thread));
        }
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            long processorBegun = processorNanos();
            long begun = System.nanoTime();
            for (var part : threads.invokeAll(parts)) {
                part.get();
            }
            double seconds = Duration.ofNanos(System.nanoTime() - begun).toNanos() / 1e9;
            return new Speed(writes / seconds, (processorNanos() - processorBegun) / 1e3 / writes);
        }
    }

    private static long processorNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static String table() {
        return """
                {"TableName": "figures", "BillingMode": "PAY_PER_REQUEST",
                 "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                 "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}""";
    }

    private static String put(int thread, int i) {
        return """
                {"TableName": "figures", "ConditionExpression": "attribute_not_exists(id)",
                 "Item": {"id": {"S": "0a1b2c3d-0000-4000-8000-%d-%012d"}, "filler": {"S": "%s"}, "count": {"N": "%d"}}}""".formatted(thread, i, FILLER, i);
    }

    private static String wideItem(int i) {
        var item = new StringBuilder("{\"TableName\": \"figures\", \"Item\": {\"id\": {\"S\": \"%036d\"}".formatted(i));
        for (int attribute = 0; attribute < 13; attribute++) {
            item.append(", \"attribute%02d\": {\"S\": \"%s\"}".formatted(attribute, FILLER.substring(0, 60)));
        }
        return item.append("}}").toString();
    }

    private static byte[] signed(int port, String operation, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(URI.create("http://127.0.0.1:" + port + "/"))
                .putHeader("X-Amz-Target", "DynamoDB_20120810." + operation)
                .putHeader("Content-Type", "application/x-amz-json-1.0")
                .build();
        var signed = AwsV4HttpSigner.create()
                .sign(sign -> sign.identity(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY))
                        .request(request)
                        .payload(ContentStreamProvider.fromByteArray(bytes))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "dynamodb")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1"));
        var text = new StringBuilder("POST / HTTP/1.1\r\n");
        signed.request()
                .forEachHeader((name, values) ->
                        text.append(name).append(": ").append(values.getFirst()).append("\r\n"));
        text.append("Content-Length: ").append(bytes.length).append("\r\n\r\n").append(body);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** One connection that is kept open; no HTTP client, which would take more time than the server. */
    private static final class Connection implements AutoCloseable {
        private static final String LENGTH = "content-length: ";

        private final Socket socket;
        private final InputStream in;

        Connection(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }

        void exchange(byte[] request) throws IOException {
            socket.getOutputStream().write(request);
            String status = line();
            int length = 0;
            for (String header = line(); !header.isEmpty(); header = line()) {
                if (header.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                    length = Integer.parseInt(header.substring(LENGTH.length()));
                }
            }
            byte[] body = in.readNBytes(length);
            if (!status.startsWith("HTTP/1.1 200")) {
                throw new IOException(status + " " + new String(body, StandardCharsets.UTF_8));
            }
        }

        private String line() throws IOException {
            var line = new StringBuilder();
            for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
