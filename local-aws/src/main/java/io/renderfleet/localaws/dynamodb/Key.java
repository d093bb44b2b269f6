package io.renderfleet.localaws.dynamodb;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A key as bytes, whose unsigned order is the order of the items: first by a hash of the partition key, which spreads
 * the partitions over the segments of a parallel scan, then by the partition key itself, then by the sort key. Also a
 * bound of a range of keys.
 */
class Key implements Comparable<Key> {
    /** The key before all others. As the end of a range it stands for no end. */
    static final Key EMPTY = new Key(new byte[0]);

    private static final int ESCAPE = 0x00;
    private static final int ESCAPED = 0xFF;
    private static final int NEGATIVE = 0x7F;
    private static final int ZERO = 0x80;
    private static final int POSITIVE = 0x81;

    private final byte[] bytes;

    /** A key of bytes that {@link #bytes} gave, which are not copied. */
    Key(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The beginning that all keys of a partition share and no other key has. */
    static Key partition(AttributeValue hash) {
        byte[] value = component(hash);
        var crc = new CRC32C();
        crc.update(value);
        return new Key(ByteBuffer.allocate(Integer.BYTES + value.length)
                .putInt((int) crc.getValue())
                .put(value)
                .array());
    }

    /** The first key of a segment of a parallel scan; {@link #EMPTY} for the one after the last. */
    static Key segment(int segment, int of) {
        long hash = ((1L << Integer.SIZE) * segment + of - 1) / of;
        return segment >= of
                ? EMPTY
                : new Key(ByteBuffer.allocate(Integer.BYTES).putInt((int) hash).array());
    }

    /** This key followed by a sort key, of which no other sort key is the beginning. */
    Key with(AttributeValue sort) {
        return join(component(sort));
    }

    /** The beginning of all keys that begin with this one and have sort keys that begin with the string or binary. */
    Key withBeginning(AttributeValue sort) {
        var out = new ByteArrayOutputStream();
        writeEscaped(sort.sortBytes(), out);
        return join(out.toByteArray());
    }

    Key with(Key suffix) {
        return join(suffix.bytes);
    }

    /** The smallest key that is greater than all that begin with this one; {@link #EMPTY} when there is none. */
    Key afterAll() {
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == (byte) 0xFF) {
            length--;
        }
        byte[] next = Arrays.copyOf(bytes, length);
        if (length > 0) {
            next[length - 1]++;
        }
        return new Key(next);
    }

    /** The smallest key that is greater than this one. */
    Key next() {
        return new Key(Arrays.copyOf(bytes, bytes.length + 1));
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    /** Whether it is in a range that ends before {@code to}, or has no end when that is empty. */
    boolean isIn(Key from, Key to) {
        return from.compareTo(this) <= 0 && (to.isEmpty() || compareTo(to) < 0);
    }

    /** The bytes of the key, which must not be modified. */
    final byte[] bytes() {
        return bytes;
    }

    @Override
    public final int compareTo(Key other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(bytes);
    }

    private Key join(byte[] suffix) {
        byte[] joined = Arrays.copyOf(bytes, bytes.length + suffix.length);
        System.arraycopy(suffix, 0, joined, bytes.length, suffix.length);
        return new Key(joined);
    }

    private static byte[] component(AttributeValue value) {
        var out = new ByteArrayOutputStream();
        if (value instanceof AttributeValue.Numeric(BigDecimal number)) {
            writeNumber(number, out);
        } else {
            writeEscaped(value.sortBytes(), out);
            out.write(ESCAPE);
            out.write(ESCAPE);
        }
        return out.toByteArray();
    }

    /** A zero byte marks the end of a component. A zero byte within one is therefore followed by 0xFF. */
    private static void writeEscaped(byte[] bytes, ByteArrayOutputStream out) {
        for (byte b : bytes) {
            out.write(b);
            if (b == ESCAPE) {
                out.write(ESCAPED);
            }
        }
    }

    /**
     * Sign, exponent, two digits a byte, and an end that is smaller than any digits; for negative numbers everything
     * after the sign is inverted.
     */
    private static void writeNumber(BigDecimal number, ByteArrayOutputStream out) {
        int sign = number.signum();
        if (sign == 0) {
            out.write(ZERO);
            return;
        }
        int invert = sign < 0 ? 0xFF : 0;
        out.write(sign < 0 ? NEGATIVE : POSITIVE);
        out.write((Numbers.exponent(number) - Numbers.MIN_EXPONENT) ^ invert);
        String digits = number.unscaledValue().abs().toString();
        for (int i = 0; i < digits.length(); i += 2) {
            int tens = digits.charAt(i) - '0';
            int ones = i + 1 < digits.length() ? digits.charAt(i + 1) - '0' : 0;
            out.write((tens * 10 + ones + 1) ^ invert);
        }
        out.write(invert);
    }
}
