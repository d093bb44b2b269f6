package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.localaws.dynamodb.AttributeValue.Numeric;
import java.math.BigDecimal;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class NumbersTests {
    @Property
    void parsesWhatItFormatted(@ForAll("numbers") AttributeValue value) {
        BigDecimal number = ((Numeric) value).value();

        assertThat(Numbers.parse(Numbers.format(number))).isEqualTo(number);
        assertThat(Numbers.parse(number.toString())).isEqualTo(number);
        assertThat(Numbers.format(number)).doesNotContain("E");
    }

    @Property
    void parsesAsBigDecimalDoes(
            @ForAll @CharRange(from = '0', to = '9') @StringLength(min = 1, max = 18) String whole,
            @ForAll @CharRange(from = '0', to = '9') @StringLength(max = 18) String fraction,
            @ForAll @IntRange(min = -90, max = 90) int exponent,
            @ForAll boolean negative) {
        String text = (negative ? "-" : "") + whole + (fraction.isEmpty() ? "" : "." + fraction) + "e" + exponent;

        assertThat(Numbers.parse(text)).isEqualByComparingTo(new BigDecimal(text));
    }

    @Property
    void takesWhatBigDecimalTakesWithinLimitsAndNothingElse(
            @ForAll @CharRange(from = '0', to = '9') @Chars({'+', '-', '.', 'e', 'E', ' ', 'x'}) @StringLength(max = 7)
                    String text) {
        BigDecimal expected;
        try {
            expected = new BigDecimal(text);
        } catch (NumberFormatException e) {
            assertThatExceptionOfType(ServiceException.class).isThrownBy(() -> Numbers.parse(text));
            return;
        }
        int magnitude = expected.signum() == 0 ? 0 : Numbers.exponent(expected);
        if (magnitude < Numbers.MIN_EXPONENT || magnitude > Numbers.MAX_EXPONENT) {
            assertThatExceptionOfType(ServiceException.class).isThrownBy(() -> Numbers.parse(text));
        } else {
            assertThat(Numbers.parse(text)).isEqualByComparingTo(expected);
        }
    }

    @Provide
    Arbitrary<AttributeValue> numbers() {
        return Values.numbers();
    }
}
