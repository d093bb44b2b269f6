package io.renderfleet.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.renderfleet.region.FleetSettings.RegionEndpoint;
import io.renderfleet.region.RegionId;
import java.net.URI;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifierTests {

    @Property
    void oneIdempotencyKeyIsAlwaysTheSameJob(
            @ForAll @StringLength(min = 1, max = 255) @CharRange(from = ' ', to = '~') String key) {
        UserId user = new UserId("studio-1");
        JobId id = JobId.derivedFrom(user, key);
        assertThat(id).isEqualTo(JobId.derivedFrom(user, key));
        assertThat(id).isNotEqualTo(JobId.derivedFrom(new UserId("studio-2"), key));
        assertThat(id.uuid().version()).isEqualTo(8);
        assertThat(id.uuid().variant()).isEqualTo(2);
        assertThat(JobId.of(id.toString())).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1-1-1-1-1", "not-a-uuid", "00000000-0000-0000-0000-00000000000g"})
    void refusesInvalidJobIds(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> JobId.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31", "01890A5D-AC96-774B-BCCE-B302099A8057"})
    void takesRandomIdsOfClients(String text) {
        assertThat(JobId.chosenByClient(text)).isEqualTo(JobId.of(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000-0000-0000-0000-000000000000",
                "c232ab00-9414-11ec-b3c8-9f6bdeced846",
                "5df41881-3aed-3515-88a7-2f4a814cf09e",
                "2ed6657d-e927-568b-95e1-2665a8aea6a2",
                "1ec9414c-232a-6b00-b3c8-9f6bdeced846",
                "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0",
                "6f1c8a52-7f43-4d0e-cb1a-2c7e0d5a4b31",
                "x"
            })
    void refusesIdsOfClientsThatOthersCouldGuess(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> JobId.chosenByClient(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"us-east-1", "cn-northwest-1", "ap-southeast-4", "us-gov-west-1"})
    void takesRegionsOfEveryPartition(String code) {
        assertThat(new RegionId(code)).hasToString(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "us-east", "US-EAST-1", "us-east-1;drop", "localhost"})
    void refusesInvalidRegions(String code) {
        assertThatIllegalArgumentException().isThrownBy(() -> new RegionId(code));
    }

    @Test
    void readsARegionsEndpoint() {
        assertThat(RegionEndpoint.of("us-west-2=http://127.0.0.1:9325"))
                .isEqualTo(new RegionEndpoint(new RegionId("us-west-2"), URI.create("http://127.0.0.1:9325")));
        assertThatIllegalArgumentException().isThrownBy(() -> RegionEndpoint.of("http://127.0.0.1:9325"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "a\u0000b", "\u202Eevil"})
    void refusesUsersThatCannotBePrinted(String user) {
        assertThatIllegalArgumentException().isThrownBy(() -> new UserId(user));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"log.txt", "0", "a-b.c-", "0123456789012345678901234567890123456789012345678901234567890123"})
    void takesNamesOfArtifacts(String name) {
        assertThat(new ArtifactName(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "-a",
                "A",
                "a/b",
                "a b",
                "a\n",
                "ü",
                "result",
                "01234567890123456789012345678901234567890123456789012345678901234"
            })
    void refusesInvalidArtifactNames(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ArtifactName(name));
    }
}
