package io.renderfleet.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.region.RegionId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadHeadersTests {

    @ParameterizedTest
    @CsvSource({
        "6f1c8a52.png, image/png, image/png, inline",
        "6f1c8a52.png, Image/PNG; x=y, image/png, inline",
        "log.txt, text/plain;charset=utf-8, text/plain;charset=utf-8, inline",
        "log.txt, text/plain;charset=utf-7, text/plain;charset=utf-8, inline",
        "page.html, text/html, application/octet-stream, attachment",
        "a.svg, image/svg+xml, application/octet-stream, attachment",
        "a.xml, text/xml, application/octet-stream, attachment",
        "6f1c8a52.json, application/json, application/octet-stream, attachment",
        "6f1c8a52.bin, '', application/octet-stream, attachment"
    })
    void showsOnlyWhatCannotContainScripts(String name, String type, String contentType, String disposition) {
        StoredFile file = new StoredFile(new RegionId("us-east-1"), "bucket", "key", type, name);

        assertThat(DownloadHeaders.of(file))
                .isEqualTo(new DownloadHeaders(contentType, disposition + "; filename=\"" + name + "\""));
    }
}
