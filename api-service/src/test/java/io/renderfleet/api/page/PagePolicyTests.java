package io.renderfleet.api.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PagePolicyTests {
    private static final String PAGE =
            "<script type=\"importmap\">{}</script><script type=\"module\" src=\"/page/a.js\">";

    @Test
    void allowsTheImportMapByItsDigestAndNoOtherInlineScript() {
        assertThat(PagePolicy.of(PAGE, List.of(), List.of()))
                // The digest of {}.
                .contains("script-src 'self' 'sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=';")
                .startsWith("default-src 'none';")
                .doesNotContain("unsafe");
    }

    @Test
    void namesTheOriginsOfPicturesAndOfTheIssuerAndNothingOfTheirPaths() {
        assertThat(PagePolicy.of(
                        PAGE,
                        List.of(URI.create("http://127.0.0.1:9000"), URI.create("https://bucket.s3.amazonaws.com")),
                        List.of(URI.create("https://issuer.example.com/realms/one"))))
                .contains("img-src 'self' blob: data: http://127.0.0.1:9000 https://bucket.s3.amazonaws.com;")
                .contains("connect-src 'self' blob: data: https://issuer.example.com;");
    }

    @Test
    void refusesAPageWithoutImportMap() {
        assertThatThrownBy(() -> PagePolicy.of("<html></html>", List.of(), List.of()))
                .hasMessageContaining("importmap");
    }

    @Test
    void takesOnlyOriginsAndScopesOfOpenIdConnect() {
        assertThat(new PageSettings("page", "openid email", Set.of(URI.create("https://login.example.com:8443")))
                        .loginOrigins())
                .hasSize(1);
        for (String no : List.of("https://login.example.com/", "login.example.com", "https://a.example/path")) {
            assertThatThrownBy(() -> new PageSettings("page", "openid", Set.of(URI.create(no))))
                    .as(no)
                    .hasMessageContaining("renderfleet.page.login-origins");
        }
        assertThatThrownBy(() -> new PageSettings("page", "email", Set.of()))
                .hasMessageContaining("renderfleet.page.scope");
    }
}
