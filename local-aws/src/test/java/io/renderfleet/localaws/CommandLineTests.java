package io.renderfleet.localaws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.renderfleet.region.RegionId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTests {

    @Test
    void meansDefaultsWhenEmpty() {
        assertThat(CommandLine.parse()).isEqualTo(new CommandLine(LocalAwsOptions.defaults(), Optional.empty()));
    }

    @Test
    void readsEveryOption() {
        var commandLine = CommandLine.parse(
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
                "--ready-file",
                "/tmp/ready");
        var options = commandLine.options();

        assertThat(commandLine.readyFile()).contains(Path.of("/tmp/ready"));
        assertThat(options.host()).isEqualTo("0.0.0.0");
        assertThat(options.env()).isEqualTo("dev");
        assertThat(options.homeRegion()).isEqualTo(new RegionId("eu-west-1"));
        assertThat(options.sqsPorts())
                .containsExactly(Map.entry(new RegionId("eu-west-1"), 1), Map.entry(new RegionId("eu-north-1"), 2));
        assertThat(List.of(options.dynamoDbPort(), options.s3Port())).containsExactly(3, 4);
        assertThat(options.dataDir()).contains(Path.of("/tmp/kept"));
    }

    @Test
    void countsPortsUpFromFirstWhenOnlyRegionsAreGiven() {
        assertThat(CommandLine.parse("--regions", "us-east-1,eu-west-1")
                        .options()
                        .sqsPorts()
                        .values())
                .containsExactly(9324, 9325);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --nonsense 1                      | '--nonsense' is no option.
                    stray                             | 'stray' is no option.
                    --host                            | --host needs a value.
                    --s3-port=                        | --s3-port needs a value.
                    --s3-port many                    | 'many' is no port number.
                    --s3-port 65536                   | 65536 is no port: give one from 0 (any free one) to 65535.
                    --dynamodb-port -1                | -1 is no port: give one from 0 (any free one) to 65535.
                    --sqs-ports 1,2                   | There are 3 regions but 2 SQS ports; give one for each.
                    --regions us-east-1,us-east-1     | The region us-east-1 is named twice.
                    --regions mars                    | 'mars' is not an AWS region code such as us-east-1
                    --env Prod                        | 'Prod' is no deployment name: a letter, then up to 15 of a-z, 0-9.
                    """)
    void tellsWhatIsWrong(String arguments, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandLine.parse(arguments.split(" ", -1)))
                .withMessage(message);
    }
}
