package io.renderfleet.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNameTests {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "inline; filename=\"my chair.png\" | my chair.png",
                "attachment; filename=chair.png | chair.png",
                "attachment; filename=\"x.png\"; filename*=UTF-8''%E6%A4%85%E5%AD%90.png | 椅子.png",
                "attachment; filename=\"../../etc/passwd\" | passwd",
                "attachment; filename=\"..\\\\..\\\\evil.exe\" | evil.exe",
                "attachment; filename*=UTF-8''..%2F..%2F.bashrc | bashrc",
                "attachment; filename=\".ssh\" | ssh",
                "attachment; filename=\"-rf\" | rf",
                "attachment; filename*=UTF-8''a%00%1B%5B31m%E2%80%AEb.png | a---31m-b.png",
                "attachment; filename=\"..\" | job-1",
                "attachment | job-1",
                "attachment; filename=\"C:x\" | C-x"
            })
    void isOneOfAPlainFile(String header, String name) {
        assertThat(FileName.of(header, "job-1")).isEqualTo(name);
    }

    @Test
    void isShortAndKeepsItsExtension() {
        String name = FileName.of("inline; filename=\"" + "椅".repeat(300) + ".png\"", "job-1");

        assertThat(name).hasSize(60).endsWith(".png");
        assertThat(FileName.of("inline; filename=\"" + "\\\"".repeat(100_000) + "\"", "job-1"))
                .isEqualTo("job-1");
        assertThat(FileName.of("", "..")).isEqualTo("download");
    }
}
