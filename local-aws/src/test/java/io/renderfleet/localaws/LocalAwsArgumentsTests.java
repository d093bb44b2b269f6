package io.renderfleet.localaws;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.region.RegionId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class LocalAwsArgumentsTests {

    @Test
    void meansDefaultsWhenEmpty() {
        LocalAwsArguments arguments = parse();

        assertThat(arguments.options()).isEqualTo(LocalAwsOptions.defaults());
        assertThat(arguments.readyFile()).isEmpty();
    }

    @Test
    void readsEveryOption() {
        LocalAwsArguments arguments = parse(
                "--host",
                "0.0.0.0",
                "--env=dev",
                "--sqs-ports",
                "1,2",
                "--regions",
                "eu-west-1,eu-north-1",
                "--dynamodb-port=3",
                "--s3-port",
                "4",
                "--data-dir",
                "/tmp/kept",
                "--index-lag=5",
                "--throttle-writes=6",
                "--ttl-delay=7",
                "--ready-file",
                "/tmp/ready");
        LocalAwsOptions options = arguments.options();

        assertThat(arguments.readyFile()).contains(Path.of("/tmp/ready"));
        assertThat(options.host()).isEqualTo("0.0.0.0");
        assertThat(options.env()).isEqualTo("dev");
        assertThat(options.homeRegion()).isEqualTo(new RegionId("eu-west-1"));
        assertThat(options.sqsPorts())
                .containsExactly(Map.entry(new RegionId("eu-west-1"), 1), Map.entry(new RegionId("eu-north-1"), 2));
        assertThat(List.of(options.dynamoDbPort(), options.s3Port())).containsExactly(3, 4);
        assertThat(options.dataDir()).contains(Path.of("/tmp/kept"));
        assertThat(options.dynamoDb())
                .isEqualTo(LocalAwsOptions.defaults()
                        .dynamoDb()
                        .withIndexLag(Duration.ofMillis(5))
                        .withThrottleWrites(6)
                        .withTimeToLiveDelay(Duration.ofSeconds(7)));
    }

    @Test
    void countsPortsUpFromFirstWhenOnlyRegionsAreGiven() {
        assertThat(parse("--regions", "us-east-1,eu-west-1")
                        .options()
                        .sqsPorts()
                        .values())
                .containsExactly(9324, 9325);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --nonsense 1                  | Unknown options: '--nonsense', '1'
        stray                         | Unmatched argument at index 0: 'stray'
        --host                        | Missing required parameter for option '--host' (ADDRESS)
        --s3-port many                | Invalid value for option '--s3-port': 'many' is not an int
        --s3-port 65536               | 65536 is not a port number; use 1 to 65535, or 0 for a free port.
        --dynamodb-port -1            | -1 is not a port number; use 1 to 65535, or 0 for a free port.
        --sqs-ports 1,2               | There are 3 regions but 2 SQS ports; give one for each.
        --sqs-ports 1,2,x             | 'x' is not a port number.
        --regions us-east-1,us-east-1 | The region us-east-1 is named twice.
        --regions mars                | 'mars' is not an AWS region code such as us-east-1
        --env Prod                    | 'Prod' is not a valid deployment name; use a letter and up to 15 of a-z, 0-9.
        """)
    void wrongUsageIsExplainedAndExitsWithTwo(String arguments, String message) {
        var err = new StringWriter();

        int status = LocalAwsApplication.commandLine()
                .setErr(new PrintWriter(err, true))
                .execute(arguments.split(" ", -1));

        assertThat(status).isEqualTo(2);
        assertThat(err.toString()).startsWith(message).contains("Usage: local-aws [");
    }

    private static LocalAwsArguments parse(String... words) {
        return CommandLine.populateCommand(new LocalAwsArguments(), words);
    }
}
