package io.renderfleet.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountTests {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4, 4",
        "0.1, 0.10",
        "3.14159, 3.14",
        "4.0035, 4.0035",
        "0.0005, 0.0005",
        "12.345, 12.3",
        "123.4, 123",
        "2000, '2,000'"
    })
    void haveAboutThreeDigits(double amount, String shown) {
        assertThat(Amount.shown(amount)).isEqualTo(shown);
    }
}
