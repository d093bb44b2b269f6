package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.localaws.dynamodb.AttributeValue.Numeric;
import io.renderfleet.localaws.dynamodb.AttributeValue.Text;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An update of a key of an index is refused with messages of its own, unlike a put. */
class IndexKeyUpdateTests {
    private final IndexSchema index = new IndexSchema(
            "byGroup", new KeySchema(new KeySchema.Attribute("group", "S"), Optional.empty()), false, "ALL", List.of());

    @Test
    void typeOfAnotherKindIsUnsupported() {
        assertThatExceptionOfType(ServiceException.class)
                .isThrownBy(() -> index.checkUpdated(Map.of("group", new Numeric(BigDecimal.ONE))))
                .withMessage("The update expression attempted to update the secondary index key to unsupported type");
    }

    @Test
    void longerKeyThanAllowedIsRefusedInPutAndInUpdate() {
        var item = Map.<String, AttributeValue>of("group", new Text("x".repeat(2049)));

        assertThatExceptionOfType(ServiceException.class)
                .isThrownBy(() -> index.checkItem(item))
                .withMessageContaining("Size limit exceeded for Index Key group");
        assertThatExceptionOfType(ServiceException.class)
                .isThrownBy(() -> index.checkUpdated(item))
                .withMessage(
                        "The update expression attempted to update the secondary index key beyond allowed size limits");
    }

    @Test
    void emptyStringIsNoValue() {
        assertThatExceptionOfType(ServiceException.class)
                .isThrownBy(() -> index.checkUpdated(Map.of("group", new Text(""))))
                .withMessage("One or more parameter values are not valid. The update expression attempted to update a "
                        + "secondary index key to a value that is not supported. The AttributeValue for a key "
                        + "attribute cannot contain an empty string value.");
    }
}
