package io.renderfleet.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookUrlTests {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com",
                "https://example.com/hook?token=a%20b",
                "HTTPS://example.com:443/",
                "https://xn--bcher-kva.example/",
                "https://93.184.215.14/",
                "https://[2606:4700::1111]/"
            })
    void urlsOfPublicHostsAreAccepted(String url) {
        assertThat(WebhookUrl.violation(url, false)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.com/hook",
                "http://example.com/",
                "ftp://example.com/",
                "https:///hook",
                "https://",
                "https://user:secret@example.com/",
                "https://example.com@10.0.0.1/",
                "https://example.com/#part",
                "https://example.com:22/",
                "https://example.com:8443/",
                "https://example.com:80/",
                "https://example.com:0/",
                "https://example.com:99999/",
                "https://bücher.example/",
                "https://example.com/a b",
                "https://example.com\r\nHost: x",
                "https://localhost/",
                "https://LOCALHOST:443/",
                "https://a.localhost/",
                "https://127.0.0.1/",
                "https://0.0.0.0/",
                "https://10.1.2.3/",
                "https://192.168.0.1:443/",
                "https://169.254.169.254/latest/meta-data",
                "https://[::1]/",
                "https://[fd00:ec2::254]/",
                "https://[::ffff:169.254.169.254]/",
                "https://[64:ff9b::a9fe:a9fe]/",
                "https://2130706433/",
                "https://0x7f.0.0.1/",
                "https://127.1/"
            })
    void othersAreRefused(String url) {
        assertThat(WebhookUrl.violation(url, false)).isPresent();
    }

    @Test
    void aLongUrlIsRefused() {
        assertThat(WebhookUrl.violation("https://example.com/" + "a".repeat(1004), false))
                .isEmpty();
        assertThat(WebhookUrl.violation("https://example.com/" + "a".repeat(1005), false))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:9000/", "http://localhost/", "https://[::1]:99/"})
    void onALaptopThisMachineIsAcceptedToo(String url) {
        assertThat(WebhookUrl.violation(url, true)).isEmpty();
        assertThat(WebhookUrl.violation(url.replaceFirst("//[^/]*", "//10.0.0.1"), true))
                .isPresent();
    }
}
