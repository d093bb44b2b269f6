package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.AttributeValue.Array;
import io.renderfleet.localaws.dynamodb.AttributeValue.Binary;
import io.renderfleet.localaws.dynamodb.AttributeValue.Bool;
import io.renderfleet.localaws.dynamodb.AttributeValue.Document;
import io.renderfleet.localaws.dynamodb.AttributeValue.Null;
import io.renderfleet.localaws.dynamodb.AttributeValue.Numeric;
import io.renderfleet.localaws.dynamodb.AttributeValue.Text;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import software.amazon.awssdk.core.SdkBytes;

/** Any values that DynamoDB stores. */
final class Values {
    private static final String DIGITS = "0123456789";

    private Values() {}

    /**
     * Few different characters, so that strings are often the beginning of others: with zeros and of one to four bytes.
     */
    static Arbitrary<AttributeValue> texts() {
        return Arbitraries.of(
                        "\0",
                        "\1",
                        "a",
                        "\u007f",
                        "\u0080",
                        "\u00ff",
                        "\ud7ff",
                        "\uffff",
                        "\ud800\udc00",
                        "\udbff\udfff")
                .list()
                .ofMaxSize(5)
                .map(parts -> new Text(String.join("", parts)));
    }

    static Arbitrary<AttributeValue> binaries() {
        return Arbitraries.of((byte) 0, (byte) 1, (byte) 0x7f, (byte) 0x80, (byte) 0xff)
                .array(byte[].class)
                .ofMaxSize(5)
                .map(bytes -> new Binary(SdkBytes.fromByteArray(bytes)));
    }

    /** Of all signs, precisions and magnitudes that there are. */
    static Arbitrary<AttributeValue> numbers() {
        var digits = Arbitraries.strings().withChars(DIGITS).ofMinLength(1).ofMaxLength(Numbers.MAX_DIGITS);
        // Near zero often enough for numbers of equal magnitude.
        var exponents = Arbitraries.oneOf(
                Arbitraries.integers().between(-2, 2),
                Arbitraries.integers().between(Numbers.MIN_EXPONENT, Numbers.MAX_EXPONENT));
        return Combinators.combine(digits, exponents, Arbitraries.of(true, false))
                .as((text, exponent, negative) -> {
                    var unscaled = new BigInteger(negative ? "-" + text : text);
                    int length = unscaled.abs().toString().length();
                    return new Numeric(
                            Numbers.checked(new BigDecimal(unscaled).scaleByPowerOfTen(exponent - length + 1)));
                });
    }

    /** What can be a key. */
    static Arbitrary<AttributeValue> scalars() {
        return Arbitraries.oneOf(texts(), binaries(), numbers());
    }

    static Arbitrary<Map<String, AttributeValue>> items() {
        return members(values(3));
    }

    private static Arbitrary<AttributeValue> values(int levels) {
        Arbitrary<AttributeValue> flat = Arbitraries.oneOf(
                scalars(),
                Arbitraries.of(new Bool(true), new Bool(false), new Null()),
                sets("SS", texts()),
                sets("NS", numbers()),
                sets("BS", binaries()));
        if (levels == 0) {
            return flat;
        }
        return Arbitraries.oneOf(
                flat,
                values(levels - 1).list().ofMaxSize(3).map(Array::new),
                members(values(levels - 1)).map(Document::new));
    }

    private static Arbitrary<AttributeValue> sets(String type, Arbitrary<AttributeValue> elements) {
        return elements.set().ofMinSize(1).ofMaxSize(4).map(set -> AttributeValue.Set.of(type, set));
    }

    private static Arbitrary<Map<String, AttributeValue>> members(Arbitrary<AttributeValue> values) {
        return Arbitraries.maps(
                        Arbitraries.strings().ofMinLength(1).ofMaxLength(4).alpha(), values)
                .ofMaxSize(4);
    }
}
