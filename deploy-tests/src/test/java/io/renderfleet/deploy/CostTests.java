package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables of docs/cost.md are calculated right: each row from its amount and the document's own price, each sum. */
class CostTests {
    private static final String TOTAL = "**total**";
    private static final List<List<List<String>>> TABLES =
            tables(Monitoring.text(Template.root().resolve("docs/cost.md")));
    private static final Map<String, BigDecimal> PRICES = TABLES.stream()
            .filter(table -> table.getFirst().equals(List.of("one", "USD")))
            .flatMap(table -> table.stream().skip(2))
            .collect(Collectors.toMap(List::getFirst, row -> new BigDecimal(row.get(1))));

    @Test
    void aRowIsItsAmountTimesThePrice() {
        assertThat(priced())
                .isNotEmpty()
                .allSatisfy(table -> assertThat(rows(table))
                        .allSatisfy(row -> assertThat(usd(row))
                                .as(row.toString())
                                .isEqualTo(amount(row.get(1))
                                        .multiply(Objects.requireNonNull(PRICES.get(row.get(2)), row.get(2)))
                                        .setScale(2, RoundingMode.HALF_UP))));
    }

    @Test
    void aTotalIsTheSumOfItsRows() {
        assertThat(priced()).allSatisfy(table -> {
            assertThat(table.getLast().getFirst()).isEqualTo(TOTAL);
            assertThat(usd(table.getLast()))
                    .as(table.toString())
                    .isEqualTo(rows(table).stream().map(CostTests::usd).reduce(BigDecimal.ZERO, BigDecimal::add));
        });
    }

    @Test
    void aPriceIsUsed() {
        assertThat(priced().stream()
                        .flatMap(table -> rows(table).stream())
                        .map(row -> row.get(2))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(PRICES.keySet());
    }

    /** Those with amounts: heading, ruler, rows, total. */
    private static List<List<List<String>>> priced() {
        return TABLES.stream()
                .filter(table -> table.getFirst().equals(List.of("what", "amount", "of", "USD")))
                .toList();
    }

    private static List<List<String>> rows(List<List<String>> table) {
        return table.subList(2, table.size() - 1);
    }

    private static BigDecimal usd(List<String> row) {
        return new BigDecimal(row.get(3).replace(",", "").replace("*", ""));
    }

    /** A product, written as such. */
    private static BigDecimal amount(String product) {
        return Arrays.stream(product.split(" × ")).map(BigDecimal::new).reduce(BigDecimal.ONE, BigDecimal::multiply);
    }

    /** Each table's rows with their cells. */
    private static List<List<List<String>>> tables(String document) {
        List<List<List<String>>> tables = new ArrayList<>();
        List<List<String>> table = new ArrayList<>();
        for (String line : (document + "\n\n").lines().toList()) {
            if (line.startsWith("|")) {
                table.add(Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList());
            } else if (!table.isEmpty()) {
                tables.add(table);
                table = new ArrayList<>();
            }
        }
        return tables;
    }
}
