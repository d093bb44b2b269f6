package io.renderfleet.localaws.dynamodb;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The numbers of DynamoDB: up to 38 significant digits and magnitudes from 1E-130 to 9.9...E+125. Leading and trailing
 * zeros are removed, and numbers are written without an exponent.
 */
final class Numbers {
    static final int MAX_DIGITS = 38;
    static final int MAX_EXPONENT = 125;
    static final int MIN_EXPONENT = -130;
    /** The most digits of an exponent. Longer exponents exceed every limit and would not fit into an int. */
    private static final int EXPONENT_DIGITS = 7;

    private Numbers() {}

    static BigDecimal parse(String text) {
        var scanned = new Scan(text);
        if (scanned.digits.isEmpty()) {
            return BigDecimal.ZERO;
        }
        return checked(
                new BigDecimal(new BigInteger(scanned.negative ? "-" + scanned.digits : scanned.digits.toString()))
                        .scaleByPowerOfTen(scanned.exponent));
    }

    /** Normalises a computed number; the service's error if it exceeds the limits. */
    static BigDecimal checked(BigDecimal number) {
        if (number.signum() == 0) {
            return BigDecimal.ZERO;
        }
        BigDecimal stripped = number.stripTrailingZeros();
        if (stripped.precision() > MAX_DIGITS) {
            throw tooPrecise();
        }
        int exponent = exponent(stripped);
        if (exponent > MAX_EXPONENT) {
            throw ServiceException.validation(
                    "Number overflow. Attempting to store a number with magnitude larger than supported range");
        }
        if (exponent < MIN_EXPONENT) {
            throw ServiceException.validation(
                    "Number underflow. Attempting to store a number with magnitude smaller than supported range");
        }
        return stripped;
    }

    static String format(BigDecimal number) {
        return number.toPlainString();
    }

    /** The power of ten of the first digit. */
    static int exponent(BigDecimal number) {
        return number.precision() - number.scale() - 1;
    }

    private static ServiceException tooPrecise() {
        return ServiceException.validation("Attempting to store more than 38 significant digits in a Number");
    }

    /** Reads the text digit by digit, so that the cost is linear even for a number with a million digits. */
    private static final class Scan {
        private final StringBuilder digits = new StringBuilder();
        private final boolean negative;
        /** The power of ten that the digits are multiplied by. */
        private int exponent;

        Scan(String text) {
            int at = 0;
            negative = text.startsWith("-");
            if (negative || text.startsWith("+")) {
                at++;
            }
            int seen = 0;
            int pendingZeros = 0;
            boolean fraction = false;
            for (; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '.' && !fraction) {
                    fraction = true;
                    continue;
                }
                if (c < '0' || c > '9') {
                    break;
                }
                seen++;
                if (fraction) {
                    exponent--;
                }
                if (c == '0') {
                    pendingZeros++;
                } else {
                    if (!digits.isEmpty()) {
                        append("0", pendingZeros);
                    }
                    pendingZeros = 0;
                    append(String.valueOf(c), 1);
                }
            }
            if (seen == 0) {
                throw notANumber(text);
            }
            exponent += digits.isEmpty() ? 0 : pendingZeros;
            if (at < text.length()) {
                exponent += exponentOf(text, at);
            }
        }

        private void append(String digit, int times) {
            if (digits.length() + times > MAX_DIGITS) {
                throw tooPrecise();
            }
            digits.repeat(digit, times);
        }

        private static int exponentOf(String text, int at) {
            int from = at + 1;
            if ((text.charAt(at) | 0x20) != 'e' || from == text.length()) {
                throw notANumber(text);
            }
            boolean signed = text.charAt(from) == '-' || text.charAt(from) == '+';
            String number = text.substring(signed ? from + 1 : from);
            if (number.isEmpty() || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw notANumber(text);
            }
            String significant = number.replaceFirst("^0+(?=.)", "");
            int value = significant.length() > EXPONENT_DIGITS
                    ? (int) Math.pow(10, EXPONENT_DIGITS)
                    : Integer.parseInt(significant);
            return text.charAt(from) == '-' ? -value : value;
        }

        private static ServiceException notANumber(String text) {
            return ServiceException.validation(
                    text.isEmpty()
                            ? "The parameter cannot be converted to a numeric value"
                            : "The parameter cannot be converted to a numeric value: " + text);
        }
    }
}
