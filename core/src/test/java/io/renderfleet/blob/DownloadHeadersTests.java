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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "My chair.png | filename=\"My chair.png\"",
                "椅子 1*.png | filename=\"__ 1*.png\"; filename*=UTF-8''%E6%A4%85%E5%AD%90%201%2A.png",
                "50%.png | filename=\"50_.png\"; filename*=UTF-8''50%25.png",
                "a\"; x=\"b\\.png | filename=\"a_; x=_b_.png\"; filename*=UTF-8''a%22%3B%20x%3D%22b%5C.png"
            })
    void aFileNameCannotLeaveItsParameter(String name, String parameters) {
        StoredFile file = new StoredFile(new RegionId("us-east-1"), "bucket", "key", "image/png", name);

        assertThat(DownloadHeaders.of(file).disposition()).isEqualTo("inline; " + parameters);
    }
}
