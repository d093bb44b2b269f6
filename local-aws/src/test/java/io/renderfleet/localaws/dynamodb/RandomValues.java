package io.renderfleet.localaws.dynamodb;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Attribute values and items over few values, so that keys meet and conditions hold. Each attribute has one type, but
 * for {@code v}: what the other server does with two types in one comparison is an error of its own.
 */
final class RandomValues {
    private RandomValues() {}

    static AttributeValue text(String value) {
        return AttributeValue.fromS(value);
    }

    static AttributeValue number(String value) {
        return AttributeValue.fromN(value);
    }

    /** Some of them equal, in other spellings. */
    static final Arbitrary<AttributeValue> SORT_NUMBERS = Arbitraries.of(
                    "0",
                    "-0.0",
                    "1",
                    "1.0",
                    "10e-1",
                    "-1",
                    "-1.5",
                    "-15E-1",
                    "2.5e3",
                    "2500",
                    "1E-130",
                    "-1e-130",
                    "-9.9e125",
                    "100",
                    "1e2",
                    "0.5",
                    "00.50",
                    "12345678901234567890123456789012345678")
            .map(RandomValues::number);
    /** In UTF-8, the character that needs two of Java's is behind the one from the private range. */
    static final Arbitrary<AttributeValue> SORT_TEXTS = Arbitraries.of(
                    "a", "aa", "ab", "b", "Z", "é", "\uE000", "\uD83D\uDE00", "a\u0000", "~")
            .map(RandomValues::text);

    static final Arbitrary<AttributeValue> HASH_TEXTS = Arbitraries.of("a", "b").map(RandomValues::text);
    static final Arbitrary<AttributeValue> HASH_NUMBERS =
            Arbitraries.of("1", "1.0", "-2", "-20e-1").map(RandomValues::number);
    static final Arbitrary<AttributeValue> HASH_BYTES =
            Arbitraries.of(0, 1, 255).map(RandomValues::bytes);
    static final Arbitrary<AttributeValue> GROUPS = Arbitraries.of("g", "h").map(RandomValues::text);

    static final Arbitrary<AttributeValue> TEXTS =
            Arbitraries.of("a", "aa", "ab", "b", "ba", "é", "\uD83D\uDE00").map(RandomValues::text);
    static final Arbitrary<AttributeValue> NUMBERS = Arbitraries.of(
                    "1", "1.00", "-1", "-0.5", "5e-1", "2", "20E-1", "1e20")
            .map(RandomValues::number);
    static final Arbitrary<AttributeValue> INTEGERS =
            Arbitraries.of("0", "1", "-1", "2", "7", "007", "-13").map(RandomValues::number);
    static final Arbitrary<AttributeValue> DECIMALS =
            Arbitraries.of("0.1", "1.5", "-0.25", "3", "-3").map(RandomValues::number);
    static final Arbitrary<AttributeValue> BYTES =
            Arbitraries.of(0, 1, 128, 255).map(RandomValues::bytes);
    static final Arbitrary<AttributeValue> BOOLEANS =
            Arbitraries.of(true, false).map(AttributeValue::fromBool);
    static final Arbitrary<AttributeValue> TEXT_SETS =
            Arbitraries.of("a", "b", "c").set().ofMinSize(1).map(set -> AttributeValue.fromSs(List.copyOf(set)));
    static final Arbitrary<AttributeValue> NUMBER_SETS =
            Arbitraries.of("1", "2", "-3.5").set().ofMinSize(1).map(set -> AttributeValue.fromNs(List.copyOf(set)));
    static final Arbitrary<AttributeValue> BYTE_SETS = Arbitraries.of(0, 1, 255)
            .set()
            .ofMinSize(1)
            .map(set -> AttributeValue.fromBs(
                    set.stream().map(RandomValues::bytes).map(AttributeValue::b).toList()));
    static final Arbitrary<AttributeValue> ELEMENTS = Arbitraries.oneOf(TEXTS, INTEGERS);
    static final Arbitrary<AttributeValue> LISTS = ELEMENTS.list().ofMaxSize(3).map(AttributeValue::fromL);
    static final Arbitrary<AttributeValue> MAPS = Combinators.combine(
                    INTEGERS.optional(), TEXTS.optional(), LISTS.optional())
            .as((x, y, k) -> {
                var members = new HashMap<String, AttributeValue>();
                x.ifPresent(value -> members.put("x", value));
                y.ifPresent(value -> members.put("y", value));
                k.ifPresent(value -> members.put("k", value));
                return AttributeValue.fromM(members);
            });
    static final Arbitrary<AttributeValue> ANY = Arbitraries.oneOf(TEXTS, NUMBERS, TEXT_SETS, LISTS, MAPS);

    /** All attributes that are no keys of a table, with their values. */
    static final Map<String, Arbitrary<AttributeValue>> ATTRIBUTES = Map.ofEntries(
            Map.entry("t", TEXTS),
            Map.entry("name", TEXTS),
            Map.entry("n", NUMBERS),
            Map.entry("i", INTEGERS),
            Map.entry("q", DECIMALS),
            Map.entry("b", BYTES),
            Map.entry("f", BOOLEANS),
            Map.entry("z", Arbitraries.just(AttributeValue.fromNul(true))),
            Map.entry("ss", TEXT_SETS),
            Map.entry("ns", NUMBER_SETS),
            Map.entry("bs", BYTE_SETS),
            Map.entry("l", LISTS),
            Map.entry("m", MAPS),
            Map.entry("v", ANY),
            Map.entry("g", GROUPS),
            Map.entry("o", SORT_NUMBERS));

    private static AttributeValue bytes(int value) {
        return AttributeValue.fromB(SdkBytes.fromByteArray(new byte[] {1, (byte) value}));
    }
}
