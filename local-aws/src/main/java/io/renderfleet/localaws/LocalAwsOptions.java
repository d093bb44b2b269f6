package io.renderfleet.localaws;

import io.renderfleet.http.CrossSiteCheck;
import io.renderfleet.localaws.dynamodb.DynamoDbSettings;
import io.renderfleet.pool.Pool;
import io.renderfleet.region.RegionId;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The options of an instance. Port 0 selects a free port. The constructor throws an {@link IllegalArgumentException}
 * that names an invalid value.
 *
 * @param host the address to listen on; loopback by default, because SQS does not check credentials
 * @param env the deployment's name, which is part of every queue, table and bucket name
 * @param homeRegion the region of the master queues, the tables and the designs; must be one of {@code sqsPorts}
 * @param sqsPorts the regions, each with the port of its SQS
 * @param pools the pools of workers, each with its own queues in every region
 * @param sinks the sinks of completion events outside of the API, each with a queue in the home region
 * @param dynamoDbPort the port of DynamoDB
 * @param s3Port the port of S3
 * @param dataDir the directory in which tables and objects survive a restart; if empty, they are kept in memory
 * @param dynamoDb the settings of DynamoDB; its data directory is a part of {@code dataDir}
 * @param accessKey the access key, 1 to 128 letters and digits
 * @param secretKey the secret key with which S3 and DynamoDB verify requests
 */
public record LocalAwsOptions(
        String host,
        String env,
        RegionId homeRegion,
        Map<RegionId, Integer> sqsPorts,
        List<Pool> pools,
        List<String> sinks,
        int dynamoDbPort,
        int s3Port,
        Optional<Path> dataDir,
        DynamoDbSettings dynamoDb,
        String accessKey,
        String secretKey) {
    private static final int FIRST_SQS_PORT = 9324;
    private static final int DYNAMODB_PORT = 8000;
    private static final int S3_PORT = 9000;
    private static final int LAST_PORT = 65_535;
    private static final Pattern ENV = Pattern.compile("[a-z][a-z0-9]{0,15}");
    private static final Pattern ACCESS_KEY = Pattern.compile("[A-Za-z0-9]{1,128}");

    public LocalAwsOptions {
        sqsPorts = Collections.unmodifiableMap(new LinkedHashMap<>(sqsPorts));
        check(!host.isBlank(), "The host is empty; omit it for 127.0.0.1.");
        check(
                ENV.matcher(env).matches(),
                "'" + env + "' is not a valid deployment name; use a letter and up to 15 of a-z, 0-9.");
        check(
                sqsPorts.containsKey(homeRegion),
                "The home region " + homeRegion + " is not one of the regions " + sqsPorts.keySet() + ".");
        sqsPorts.values().forEach(LocalAwsOptions::checkPort);
        pools = List.copyOf(pools);
        check(!pools.isEmpty(), "At least one pool is required.");
        check(
                pools.stream().map(Pool::name).distinct().count() == pools.size(),
                "A pool is named twice: " + pools + ".");
        sinks = List.copyOf(sinks);
        checkPort(dynamoDbPort);
        checkPort(s3Port);
        check(ACCESS_KEY.matcher(accessKey).matches(), "The access key must be 1 to 128 letters and digits.");
        check(!secretKey.isBlank(), "The secret key is empty.");
    }

    /** The default ports: SQS 9324, 9325 and 9326, DynamoDB 8000, S3 9000; in memory, on loopback. */
    public static LocalAwsOptions defaults() {
        var home = new RegionId("us-east-1");
        return new LocalAwsOptions(
                        "127.0.0.1",
                        "local",
                        home,
                        Map.of(home, FIRST_SQS_PORT),
                        List.of(Pool.of("render=cpu")),
                        List.of(),
                        DYNAMODB_PORT,
                        S3_PORT,
                        Optional.empty(),
                        DynamoDbSettings.defaults(),
                        "renderfleet",
                        "renderfleet-local")
                .withRegions(List.of(home, new RegionId("us-west-2"), new RegionId("us-west-1")));
    }

    /** The options of {@link #defaults()} with free ports, so that several instances can run at the same time. */
    public static LocalAwsOptions onFreePorts() {
        return defaults().withSqsPorts(List.of(0, 0, 0)).withDynamoDbPort(0).withS3Port(0);
    }

    /**
     * Replaces the regions, the home region first, with consecutive ports from the first region's, or free ports if it
     * is 0.
     */
    public LocalAwsOptions withRegions(List<RegionId> regions) {
        check(!regions.isEmpty(), "At least one region is required.");
        int first = sqsPorts.values().iterator().next();
        var ports = new LinkedHashMap<RegionId, Integer>();
        for (RegionId region : regions) {
            Integer twice = ports.put(region, first == 0 ? 0 : first + ports.size());
            check(twice == null, "The region " + region + " is named twice.");
        }
        return new LocalAwsOptions(
                host,
                env,
                regions.getFirst(),
                ports,
                pools,
                sinks,
                dynamoDbPort,
                s3Port,
                dataDir,
                dynamoDb,
                accessKey,
                secretKey);
    }

    /** Replaces the ports of SQS, one per region, in the order of the regions. */
    public LocalAwsOptions withSqsPorts(List<Integer> ports) {
        check(
                ports.size() == sqsPorts.size(),
                "There are " + sqsPorts.size() + " regions but " + ports.size() + " SQS ports; give one for each.");
        var byRegion = new LinkedHashMap<RegionId, Integer>();
        for (RegionId region : sqsPorts.keySet()) {
            byRegion.put(region, ports.get(byRegion.size()));
        }
        return new LocalAwsOptions(
                host,
                env,
                homeRegion,
                byRegion,
                pools,
                sinks,
                dynamoDbPort,
                s3Port,
                dataDir,
                dynamoDb,
                accessKey,
                secretKey);
    }

    public LocalAwsOptions withPools(List<Pool> value) {
        return new LocalAwsOptions(
                host,
                env,
                homeRegion,
                sqsPorts,
                value,
                sinks,
                dynamoDbPort,
                s3Port,
                dataDir,
                dynamoDb,
                accessKey,
                secretKey);
    }

    public LocalAwsOptions withSinks(List<String> value) {
        return new LocalAwsOptions(
                host,
                env,
                homeRegion,
                sqsPorts,
                pools,
                value,
                dynamoDbPort,
                s3Port,
                dataDir,
                dynamoDb,
                accessKey,
                secretKey);
    }

    public LocalAwsOptions withHost(String value) {
        return new LocalAwsOptions(
                value,
                env,
                homeRegion,
                sqsPorts,
                pools,
                sinks,
                dynamoDbPort,
                s3Port,
                dataDir,
                dynamoDb,
                accessKey,
                secretKey);
    }

    public LocalAwsOptions withEnv(String value) {
        return new LocalAwsOptions(
                host,
                value,
                homeRegion,
                sqsPorts,
                pools,
                sinks,
                dynamoDbPort,
                s3Port,
                dataDir,
                dynamoDb,
                accessKey,
                secretKey);
    }

    public LocalAwsOptions withDynamoDbPort(int value) {
        return new LocalAwsOptions(
                host, env, homeRegion, sqsPorts, pools, sinks, value, s3Port, dataDir, dynamoDb, accessKey, secretKey);
    }

    public LocalAwsOptions withS3Port(int value) {
        return new LocalAwsOptions(
                host,
                env,
                homeRegion,
                sqsPorts,
                pools,
                sinks,
                dynamoDbPort,
                value,
                dataDir,
                dynamoDb,
                accessKey,
                secretKey);
    }

    public LocalAwsOptions withDynamoDb(DynamoDbSettings value) {
        return new LocalAwsOptions(
                host,
                env,
                homeRegion,
                sqsPorts,
                pools,
                sinks,
                dynamoDbPort,
                s3Port,
                dataDir,
                value,
                accessKey,
                secretKey);
    }

    public LocalAwsOptions withDataDir(Path value) {
        return new LocalAwsOptions(
                host,
                env,
                homeRegion,
                sqsPorts,
                pools,
                sinks,
                dynamoDbPort,
                s3Port,
                Optional.of(value),
                dynamoDb,
                accessKey,
                secretKey);
    }

    public LocalAwsOptions withCredentials(String access, String secret) {
        return new LocalAwsOptions(
                host, env, homeRegion, sqsPorts, pools, sinks, dynamoDbPort, s3Port, dataDir, dynamoDb, access, secret);
    }

    /** All regions, including the home region, in the order in which they were given. */
    public List<RegionId> regions() {
        return List.copyOf(sqsPorts.keySet());
    }

    /** Which requests of web pages to refuse. The name to listen on is a name of every server. */
    CrossSiteCheck crossSiteCheck() {
        return new CrossSiteCheck(Set.of(host));
    }

    /** Does not contain the secret key. */
    @Override
    public String toString() {
        return "LocalAwsOptions[" + host + ", env=" + env + ", sqs=" + sqsPorts + ", dynamoDb=" + dynamoDbPort + ", s3="
                + s3Port + ", dataDir=" + dataDir + "]";
    }

    private static void checkPort(int port) {
        check(port >= 0 && port <= LAST_PORT, port + " is not a port number; use 1 to 65535, or 0 for a free port.");
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
