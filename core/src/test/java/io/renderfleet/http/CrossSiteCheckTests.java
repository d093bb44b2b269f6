package io.renderfleet.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CrossSiteCheckTests {
    private final CrossSiteCheck check = new CrossSiteCheck(Set.of("jobs.example.com"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:8080",
                "127.0.0.1:8080",
                "[::1]:8080",
                "10.1.2.3",
                "api:8080",
                "local-aws",
                "bucket.localhost:9000",
                "host.docker.internal:9324",
                "laptop.local",
                "jobs.example.com",
                "Jobs.Example.com.:443"
            })
    void acceptsItsOwnAndPrivateHosts(String host) {
        assertThat(check.refuseHost(host)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "127.0.0.1.evil.example",
                "jobs.example.com.evil.example",
                "evil.jobs.example.com",
                "localhost.evil.example",
                "internal.evil.example",
                "[evil.example]:8080",
                "evil.example:8080:80",
                "",
                ":8080"
            })
    void refusesHostsThatAnyoneCanRegister(String host) {
        assertThat(check.refuseHost(host)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8080, , ",
        "localhost:8080, http://localhost:8080, ",
        "localhost:8080, http://localhost:8080, same-origin",
        "jobs.example.com, https://jobs.example.com, same-origin",
        "localhost:8080, , same-origin",
        "localhost:8080, , none",
        " , , "
    })
    void acceptsProgramsAndItsOwnPages(String host, String origin, String fetchSite) {
        assertThat(check.refuseOrigin(host, origin, fetchSite)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8080, http://evil.example, cross-site",
        "localhost:8080, http://evil.example, ",
        "localhost:8080, http://localhost:3000, same-site",
        "localhost:8080, http://localhost, ",
        "localhost:8080, null, ",
        "localhost:8080, '', ",
        "localhost:8080, , cross-site",
        "localhost:8080, , same-site",
        " , http://evil.example, "
    })
    void refusesPagesOfOtherSites(String host, String origin, String fetchSite) {
        assertThat(check.refuseOrigin(host, origin, fetchSite)).isPresent();
    }

    @Test
    void knowsTheTypesOfForms() {
        assertThat(CrossSiteCheck.isForm("text/plain;charset=UTF-8")).isTrue();
        assertThat(CrossSiteCheck.isForm("Multipart/Form-Data; boundary=x")).isTrue();
        assertThat(CrossSiteCheck.isForm("application/x-www-form-urlencoded")).isTrue();
        assertThat(CrossSiteCheck.isForm("application/json")).isFalse();
        assertThat(CrossSiteCheck.isForm(null)).isFalse();
    }
}
