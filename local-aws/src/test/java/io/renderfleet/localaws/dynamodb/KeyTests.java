package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.localaws.dynamodb.AttributeValue.Text;
import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class KeyTests {
    private static final Key PARTITION = Key.partition(new Text("p"));

    @Property
    void orderOfKeysIsOrderOfStrings(@ForAll("texts") AttributeValue left, @ForAll("texts") AttributeValue right) {
        assertSameOrder(left, right);
    }

    @Property
    void orderOfKeysIsOrderOfBinaries(
            @ForAll("binaries") AttributeValue left, @ForAll("binaries") AttributeValue right) {
        assertSameOrder(left, right);
    }

    @Property
    void orderOfKeysIsOrderOfNumbers(@ForAll("numbers") AttributeValue left, @ForAll("numbers") AttributeValue right) {
        assertSameOrder(left, right);
    }

    @Property
    void suffixOfKeyDoesNotChangeItsOrder(
            @ForAll("scalars") AttributeValue left,
            @ForAll("scalars") AttributeValue right,
            @ForAll("scalars") AttributeValue first,
            @ForAll("scalars") AttributeValue second) {
        if (left.type().equals(right.type()) && !left.equals(right)) {
            Key one = PARTITION.with(left);
            Key other = PARTITION.with(right);

            assertThat(Integer.signum(one.with(first).compareTo(other.with(second))))
                    .isEqualTo(Integer.signum(one.compareTo(other)));
        }
    }

    @Property
    void noPartitionBeginsWithAnother(
            @ForAll("scalars") AttributeValue left,
            @ForAll("scalars") AttributeValue right,
            @ForAll("scalars") AttributeValue sort) {
        Key partition = Key.partition(left);

        if (left.type().equals(right.type())) {
            assertThat(Key.partition(right).with(sort).isIn(partition, partition.afterAll()))
                    .isEqualTo(left.equals(right));
        }
    }

    @Property
    void rangeOfBeginningHoldsWhatBeginsWithIt(
            @ForAll("texts") AttributeValue beginning, @ForAll("texts") AttributeValue value) {
        assertBeginning(beginning, value);
    }

    @Property
    void rangeOfBeginningHoldsBinariesThatBeginWithIt(
            @ForAll("binaries") AttributeValue beginning, @ForAll("binaries") AttributeValue value) {
        assertBeginning(beginning, value);
    }

    @Property
    void nextKeyIsNextOne(@ForAll("scalars") AttributeValue value, @ForAll("scalars") AttributeValue other) {
        Key key = PARTITION.with(value);
        Key between = PARTITION.with(other);

        assertThat(key.next()).isGreaterThan(key);
        assertThat(between.compareTo(key) > 0 && between.compareTo(key.next()) < 0)
                .isFalse();
    }

    @Property
    void segmentsCoverAllKeysOnce(
            @ForAll("scalars") AttributeValue hash, @ForAll @IntRange(min = 1, max = 200) int of) {
        Key key = Key.partition(hash).with(hash);
        int found = 0;
        for (int segment = 0; segment < of; segment++) {
            found += key.isIn(Key.segment(segment, of), Key.segment(segment + 1, of)) ? 1 : 0;
        }

        assertThat(found).isEqualTo(1);
    }

    @Provide
    Arbitrary<AttributeValue> texts() {
        return Values.texts();
    }

    @Provide
    Arbitrary<AttributeValue> binaries() {
        return Values.binaries();
    }

    @Provide
    Arbitrary<AttributeValue> numbers() {
        return Values.numbers();
    }

    @Provide
    Arbitrary<AttributeValue> scalars() {
        return Values.scalars();
    }

    private static void assertSameOrder(AttributeValue left, AttributeValue right) {
        assertThat(Integer.signum(PARTITION.with(left).compareTo(PARTITION.with(right))))
                .isEqualTo(Integer.signum(AttributeValue.ORDER.compare(left, right)));
        assertThat(Key.partition(left).equals(Key.partition(right))).isEqualTo(left.equals(right));
    }

    private static void assertBeginning(AttributeValue beginning, AttributeValue value) {
        byte[] start = beginning.sortBytes();
        byte[] bytes = value.sortBytes();
        boolean begins = bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
        Key from = PARTITION.withBeginning(beginning);

        assertThat(PARTITION.with(value).isIn(from, from.afterAll())).isEqualTo(begins);
    }
}
