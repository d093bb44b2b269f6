package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ItemCodecTests {
    @Property(tries = 300)
    void decodesEncodedMessages(@ForAll("items") Map<String, AttributeValue> item) {
        byte[] encoded = ItemCodec.encode(item);

        assertThat(ItemCodec.decode(encoded)).isEqualTo(item);
        assertThat(ItemCodec.size(encoded)).isEqualTo(ItemSize.of(item));
    }

    @Property(tries = 300)
    void readsJsonThatItWrote(@ForAll("items") Map<String, AttributeValue> item) {
        assertThat(AttributeJson.readItem(Json.parse(Json.bytes(AttributeJson.write(item)))))
                .isEqualTo(item);
    }

    @Provide
    Arbitrary<Map<String, AttributeValue>> items() {
        return Values.items();
    }
}
