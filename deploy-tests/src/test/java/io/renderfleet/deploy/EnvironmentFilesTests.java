package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** The environment files are right, and one that is wrong is refused, a line for each mistake, before AWS is called. */
class EnvironmentFilesTests {
    private static final Path FILES = Template.root().resolve("deploy/environments");

    @TempDir
    Path folder;

    @Test
    void thoseThatAreThereAreRight() throws Exception {
        Outcome outcome = run("check");

        assertThat(outcome.code()).as(outcome.text()).isZero();
        assertThat(outcome.text()).contains("china", "dev", "prod", "staging");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("\"natPerAz\": false", "\"natPerZone\": false", "natPerZone: there is no such key"),
                mistake("\"natPerAz\": false", "\"natPerZone\": false", "natPerAz: is missing"),
                mistake("\"slots\"", "\"places\"", "pools.render.places: there is no such key"),
                mistake(
                        "\"homeRegion\": \"us-east-1\"",
                        "\"homeRegion\": \"eu-west-1\"",
                        "homeRegion: eu-west-1 is not one of regions"),
                mistake("10.20.0.0/16", "10.20.0.1/16", "regions.us-east-1.vpcCidr: 10.20.0.1/16 has host bits set"),
                mistake("10.20.0.0/16", "10.20.0.0/28", "regions.us-east-1.vpcCidr: must be from /16 to /20"),
                mistake("10.20.0.0/16", "8.8.0.0/16", "regions.us-east-1.vpcCidr: 8.8.0.0/16 is not private"),
                mistake("10.20.0.0/16", "our network", "regions.us-east-1.vpcCidr: "),
                mistake("\"azs\": 2", "\"azs\": 1", "regions.us-east-1.azs: must be one of 2, 3"),
                mistake("\"us-east-1\": {", "\"virginia\": {", "regions.virginia: is not a region's code"),
                mistake("\"spotWeight\": 1", "\"spotWeight\": 0", "pools.render.spotWeight: must not be 0"),
                mistake(
                        "\"memory\": 4096",
                        "\"memory\": 1024",
                        "pools.render.memory: with 2048 CPU units Fargate gives"),
                mistake("\"render\": {", "\"Render\": {", "pools.Render: a pool's name must be a lower-case letter"),
                mistake("\"render\": {", "\"ai-chat\": {", "pools.ai-chat: a pool's name must be a lower-case letter"),
                mistake("\"render\": {", "\"master\": {", "pools.master: is reserved in queue names"),
                mistake("\"kind\": \"cpu\"", "\"kind\": \"gpu\"", "pools.render.kind: must be one of cpu, io"),
                mistake(
                        "\"slots\": 2",
                        "\"slots\": 17",
                        "pools.render.slots: must be 16 or less in a pool of the kind cpu"),
                mistake("\"slots\": 2", "\"slots\": 1001", "pools.render.slots: must be a whole number from 1 to 1000"),
                mistake("\"slots\": 2", "\"slots\": 3", "pools.render.backlogPerTask: must be slots or more"),
                mistake("\"env\": \"dev\"", "\"env\": \"test\"", "env: must be dev, as the file is called"),
                mistake(
                        "\"telemetry\": false",
                        "\"telemetry\": \"no\"",
                        "telemetry: must be true or false, not \"no\""),
                mistake("\"telemetry\"", "telemetry", "is not JSON"));
    }

    private static Arguments mistake(String right, String wrong, String line) {
        return Arguments.of(right, wrong, line);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsNamedInALine(String right, String wrong, String line) throws Exception {
        Path file = changed("dev", text -> text.replace(right, wrong));

        Outcome outcome = run("check", file.toString());

        assertThat(outcome.code()).isNotZero();
        assertThat(outcome.text().lines()).anySatisfy(said -> assertThat(said).startsWith("dev.json: " + line));
        assertThat(outcome.text()).doesNotContain("Traceback");
    }

    @Test
    void networksOfTwoRegionsMustNotOverlap() throws Exception {
        Path file = changed("prod", text -> text.replace("10.41.0.0/16", "10.40.16.0/20"));

        assertThat(run("check", file.toString()).text()).contains("10.40.16.0/20 overlaps that of us-east-1");
    }

    @Test
    void chinaIsADeploymentOfItsOwn() throws Exception {
        Path file = changed("prod", text -> text.replace("\"us-west-1\": {", "\"cn-northwest-1\": {"));

        assertThat(run("check", file.toString()).text()).contains("regions in China need an environment of their own");
    }

    @Test
    void chinaHasNoCloudFrontOfOurs() throws Exception {
        Path file = changed(
                "china",
                text -> text.replace("\"cdnKeyParameter\": \"\"", "\"cdnKeyParameter\": \"/renderfleet/china/key\""));

        assertThat(run("check", file.toString()).text()).contains("cdnKeyParameter: must be empty in China");
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy", "diff", "destroy"})
    void anEnvironmentThatIsNotThereIsNamedBeforeAwsIsCalled(String command) throws Exception {
        Outcome outcome = run(command, "nowhere");

        assertThat(outcome.code()).isNotZero();
        assertThat(outcome.text()).contains("nowhere.json: cannot be read", "china, dev, prod, staging");
    }

    @Test
    void prodSurvivesAZoneAndAMistake() throws IOException {
        Map<String, Object> prod = new Yaml().load(Files.readString(FILES.resolve("prod.json")));

        assertThat(prod).containsEntry("natPerAz", true).containsEntry("deletionProtection", true);
        assertThat((int) Fleet.field(Fleet.field(prod, "distributor"), "minTasks"))
                .isGreaterThanOrEqualTo(2);
        assertThat((int) Fleet.field(Fleet.field(prod, "api"), "minTasks")).isGreaterThanOrEqualTo(2);
        assertThat((int) Fleet.field(Fleet.field(Fleet.field(prod, "pools"), "render"), "onDemandBase"))
                .isPositive();
    }

    private Path changed(String environment, UnaryOperator<String> change) throws IOException {
        String text = Files.readString(FILES.resolve(environment + ".json"));
        String changed = change.apply(text);
        assertThat(changed).isNotEqualTo(text);
        return Files.writeString(folder.resolve(environment + ".json"), changed);
    }

    /** What deploy.py printed, and its exit status. */
    record Outcome(int code, String text) {}

    /** Runs deploy.py, without anything that it could call. */
    static Outcome run(String... arguments) throws IOException, InterruptedException {
        var command = Stream.concat(Stream.of("python3", "-B", "deploy/deploy.py"), Stream.of(arguments))
                .toList();
        var process =
                new ProcessBuilder(command).directory(Template.root().toFile()).redirectErrorStream(true);
        // Nothing there to call: a call would fail with a line that no test expects.
        process.environment().put("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        Process started = process.start();
        String text = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(started.waitFor(), text);
    }
}
