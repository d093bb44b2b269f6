package io.renderfleet.bench.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromBool;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromL;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromSs;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ItemSizeTests {

    @Test
    void isThatOfNamesAndStringsInUtf8() {
        assertThat(ItemSize.of(Map.of("name", fromS("größe")))).isEqualTo(4 + 7);
    }

    @Test
    void isOneByteForTwoDigitsOfANumberAndOneMore() {
        assertThat(ItemSize.of(Map.of("n", fromN("7")))).isEqualTo(1 + 2);
        assertThat(ItemSize.of(Map.of("n", fromN("1234")))).isEqualTo(1 + 3);
        assertThat(ItemSize.of(Map.of("n", fromN("1000000")))).isEqualTo(1 + 2);
        assertThat(ItemSize.of(Map.of("n", fromN("-12")))).isEqualTo(1 + 3);
    }

    @Test
    void isThreeBytesForNestingAndOneForEachElement() {
        assertThat(ItemSize.of(Map.of("l", fromL(List.of(fromS("ab"), fromBool(true))))))
                .isEqualTo(1 + 3 + 3 + 2);
        assertThat(ItemSize.of(Map.of("m", fromM(Map.of("key", fromS("ab")))))).isEqualTo(1 + 3 + 3 + 3);
    }

    @Test
    void isTheSumOverASet() {
        assertThat(ItemSize.of(Map.of("s", fromSs(List.of("ab", "cde"))))).isEqualTo(1 + 5);
    }
}
