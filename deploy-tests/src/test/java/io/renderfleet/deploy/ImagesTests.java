package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.deploy.Fleet.Service;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import org.yaml.snakeyaml.Yaml;

/** The images fit the tasks they run in, and docker-compose.yml fits the images. */
class ImagesTests {
    private static final Path PROJECT = Path.of("..");
    private static final String DIGEST = "sha256:[0-9a-f]{64}";
    private static final Pattern DEFAULTED = Pattern.compile("\\$\\{([A-Z_0-9]+)(:-[^}]*)?}");

    @ParameterizedTest
    @EnumSource(Service.class)
    void anImageIsAskedAsItsTaskIs(Service service) throws IOException {
        List<String> command = Template.texts(Fleet.field(Fleet.field(service.container(), "HealthCheck"), "Command"));
        String asked = "CMD [\"" + String.join("\", \"", command.subList(1, command.size())) + "\"]";

        assertThat(stage(service.module())).contains("HEALTHCHECK").contains(asked);
        assertThat(PROJECT.resolve("deploy/container/healthy")).isExecutable();
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void theTasksOwnVolumeIsWhereTheImageMayWrite(Service service) throws IOException {
        assertThat(Fleet.field(service.container(), "MountPoints")).asString().contains("ContainerPath=/tmp");
        // A mount over it takes its owner and rights from the image.
        assertThat(stage(service.module())).contains("\nVOLUME /tmp\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api-service",
                "distributor-service",
                "worker-service",
                "bridge-service",
                "local-aws",
                "fake-llm",
                "local-issuer",
                "standalone"
            })
    void anImageRunsItsJvmUnprivilegedAndPassesSignalsToIt(String module) throws IOException {
        assertThat(stage(module))
                .contains("\nUSER 10001:10001\n")
                .containsPattern("\nENTRYPOINT \\[(\"/opt/renderfleet/restart-killed\", \"/tmp/[^\"]+\", )?\"java\", ")
                .contains("COPY --from=build /layers/" + module)
                .contains("org.opencontainers.image.title=\"Renderfleet " + module + "\"")
                .contains("org.opencontainers.image.version=\"$VERSION\"")
                .contains("org.opencontainers.image.revision=\"$COMMIT\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "deploy/collector", ".github/scanner"})
    void nobodyCanReplaceWhatAnImageIsBuiltFrom(String folder) throws IOException {
        assertThat(dockerfile(folder).lines().filter(line -> line.startsWith("FROM ")))
                .isNotEmpty()
                .allMatch(line -> line.matches("FROM ([a-z0-9./-]+:[a-z0-9.-]+@" + DIGEST + "|runtime)( AS [a-z-]+)?"));
    }

    @Test
    void theBuildOfAnImageHasThePomOfEveryModule() throws IOException {
        List<String> sent = Files.readAllLines(PROJECT.resolve(".dockerignore"));
        Matcher modules =
                Pattern.compile("<module>([^<]+)</module>").matcher(Files.readString(PROJECT.resolve("pom.xml")));

        // Maven reads every module that the parent POM names, also those that it does not build.
        assertThat(modules.results().map(module -> module.group(1)))
                .isNotEmpty()
                .allSatisfy(module -> assertThat(sent)
                        .containsAnyOf("!" + module, "!" + module.replaceFirst("/.*", ""), "!" + module + "/pom.xml"));
    }

    @Test
    void allImagesComeFromOneMavenBuild() throws IOException {
        String text = dockerfile("");
        assertThat(text.split("RUN .*mvn |&& mvn ", -1)).hasSize(2);
        assertThat(text.lines().filter(line -> line.startsWith("FROM runtime")))
                .hasSizeGreaterThan(5)
                .allMatch(line -> line.startsWith("FROM runtime AS "));
    }

    @Test
    void theComposeFileBuildsTargetsOfTheDockerfile() throws IOException {
        List<Map<String, Object>> builds = new ArrayList<>();
        for (Object service : services().values()) {
            Map<String, Object> fields = Template.map(service);
            if (fields.containsKey("build")) {
                builds.add(Template.map(fields.get("build")));
            }
        }

        assertThat(builds).isNotEmpty().allSatisfy(build -> {
            assertThat(build).containsEntry("dockerfile", "${DOCKERFILE:-Dockerfile}");
            assertThat(stage(Fleet.field(build, "target").toString())).contains("ENTRYPOINT");
        });
    }

    @Test
    void everyServiceOfTheComposeFileIsConfined() throws IOException {
        assertThat(services()).isNotEmpty().allSatisfy((name, service) -> {
            assertThat(Fleet.field(service, "read_only")).isEqualTo(true);
            assertThat(Fleet.field(service, "cap_drop")).isEqualTo(List.of("ALL"));
            assertThat(Fleet.field(service, "user")).asString().matches("[1-9]\\d*:\\d+");
            assertThat(Fleet.field(service, "security_opt")).isEqualTo(List.of("no-new-privileges:true"));
            assertThat(Fleet.field(service, "mem_limit")).asString().isNotEmpty();
            assertThat(Fleet.field(service, "cpus")).asString().isNotEmpty();
            assertThat(Fleet.field(service, "image").toString())
                    .as("built here, or pinned by its digest")
                    .matches("renderfleet/[a-z-]+:\\$\\{RENDERFLEET_VERSION}|[a-z./-]+:v?[0-9.]+@" + DIGEST);
            assertThat(Template.texts(Template.map(service).getOrDefault("ports", List.of())))
                    .allMatch(port -> port.startsWith("127.0.0.1:"));
        });
    }

    /** A tmpfs would be part of the memory of the container, of which the heap and the rest of the JVM leave too little. */
    @Test
    void uploadsAreWrittenToADiskWithSpaceForThem() throws IOException {
        Map<String, Object> api = Template.map(Fleet.field(services(), "api"));
        assertThat(api).doesNotContainKey("tmpfs");
        assertThat(stage("api-service")).contains("\nVOLUME /tmp\n");

        Template template = Service.API.template();
        assertThat(template.resource("Task").at("Volumes")).asString().isEqualTo("[{Name=scratch}]");
        // Without a size of its own, a task of Fargate has 20 GiB, which the image shares.
        assertThat(Files.readString(PROJECT.resolve("deploy/cloudformation/api-service.yaml")))
                .doesNotContain("EphemeralStorage:");
        assertThat(uploadDisk().toGigabytes()).isLessThan(10);
    }

    private static DataSize uploadDisk() throws IOException {
        for (URL metadata : Collections.list(
                ImagesTests.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = metadata.openStream()) {
                for (JsonNode property : new ObjectMapper().readTree(in).path("properties")) {
                    if (property.path("name").asText().equals("renderfleet.render.designs.upload-disk")) {
                        return DataSize.parse(property.path("defaultValue").asText());
                    }
                }
            }
        }
        throw new IllegalStateException("renderfleet.render.designs.upload-disk has no default");
    }

    @Test
    void theComposeFileUsesNoVariableWithoutAValue() throws IOException {
        String values = Files.readString(PROJECT.resolve(".env"));
        Matcher used = DEFAULTED.matcher(Files.readString(PROJECT.resolve("docker-compose.yml")));

        assertThat(used.results()
                        .filter(use -> use.group(2) == null)
                        .map(use -> use.group(1))
                        .distinct())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(values).containsPattern("(?m)^" + name + "=."));
    }

    @Test
    void theImagesVersionIsTheProjects() throws IOException {
        String pom = Files.readString(PROJECT.resolve("pom.xml"));
        int end = pom.indexOf("</version>", pom.indexOf("<artifactId>renderfleet</artifactId>"));
        String version = pom.substring(pom.lastIndexOf('>', end) + 1, end);

        assertThat(Files.readString(PROJECT.resolve(".env"))).contains("RENDERFLEET_VERSION=" + version + "\n");
    }

    @Test
    void aStopInComposeHasTheTimeOfTheTasks() throws IOException {
        assertThat(Fleet.field(Fleet.field(services(), "worker-us-east-1"), "stop_grace_period"))
                .isEqualTo("2m");
    }

    /** A build in a container reads the POMs of all modules. */
    @Test
    void theBuildOfTheImagesSeesEveryModule() throws IOException {
        String ignored = Files.readString(PROJECT.resolve(".dockerignore"));
        Matcher module =
                Pattern.compile("<module>([^</]+).*</module>").matcher(Files.readString(PROJECT.resolve("pom.xml")));

        assertThat(module.results().map(found -> found.group(1)))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(ignored).containsPattern("(?m)^!" + name + "(/pom.xml)?$"));
    }

    private static Map<String, Object> services() throws IOException {
        Object file = new Yaml().load(Files.readString(PROJECT.resolve("docker-compose.yml")));
        return Template.map(Fleet.field(file, "services"));
    }

    /** The part of the Dockerfile that makes the image of a module. */
    private static String stage(String module) throws IOException {
        String text = dockerfile("");
        int start = text.indexOf("\nFROM runtime AS " + module + "\n");
        assertThat(start).as("the target %s", module).isPositive();
        int next = text.indexOf("\nFROM ", start + 1);
        return text.substring(start, next < 0 ? text.length() : next);
    }

    private static String dockerfile(String folder) throws IOException {
        return Files.readString(PROJECT.resolve(folder).resolve("Dockerfile"));
    }
}
