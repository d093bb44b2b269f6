package io.renderfleet.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.JobResult;
import io.renderfleet.region.RegionId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadHeadersTests {

    @ParameterizedTest
    @CsvSource({
        "results/6f1c8a52/1.png, image/png, image/png, inline, 6f1c8a52.png",
        "results/6f1c8a52/1.png, Image/PNG; x=y, image/png, inline, 6f1c8a52.png",
        "results/6f1c8a52/2/0/log.txt, text/plain;charset=utf-8, text/plain;charset=utf-8, inline, log.txt",
        "results/6f1c8a52/2/0/log.txt, text/plain;charset=utf-7, text/plain;charset=utf-8, inline, log.txt",
        "results/6f1c8a52/2/0/page.html, text/html, application/octet-stream, attachment, page.html",
        "results/6f1c8a52/2/0/a.svg, image/svg+xml, application/octet-stream, attachment, a.svg",
        "results/6f1c8a52/2/0/a.xml, text/xml, application/octet-stream, attachment, a.xml",
        "results/6f1c8a52/1.json, application/json, application/octet-stream, attachment, 6f1c8a52.json",
        "results/6f1c8a52/1, '', application/octet-stream, attachment, 6f1c8a521",
        "'results/6f1c8a52/1.a\"; b', image/png, image/png, inline, 6f1c8a52.a___b"
    })
    void showsOnlyWhatCannotContainScripts(
            String key, String type, String contentType, String disposition, String name) {
        JobResult file = new JobResult(new RegionId("us-east-1"), "bucket", key, 1, type);

        assertThat(DownloadHeaders.of(file))
                .isEqualTo(new DownloadHeaders(contentType, disposition + "; filename=\"" + name + "\""));
    }
}
