package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.AttributeValue.Array;
import io.renderfleet.localaws.dynamodb.AttributeValue.Binary;
import io.renderfleet.localaws.dynamodb.AttributeValue.Bool;
import io.renderfleet.localaws.dynamodb.AttributeValue.Document;
import io.renderfleet.localaws.dynamodb.AttributeValue.Null;
import io.renderfleet.localaws.dynamodb.AttributeValue.Numeric;
import io.renderfleet.localaws.dynamodb.AttributeValue.Text;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;

/**
 * Items as bytes, in memory and in the log. An item as a tree of objects takes several times its size; as bytes it
 * takes about three more for each attribute. The bytes begin with the item's size as {@link ItemSize} counts it.
 */
final class ItemCodec {
    private static final int TRUE = 'T';
    private static final int FALSE = 'F';
    private static final int NULL = '0';
    private static final int VARINT_BITS = 7;
    private static final int VARINT_MORE = 0x80;

    private ItemCodec() {}

    static byte[] encode(Map<String, AttributeValue> item) {
        int size = ItemSize.of(item);
        var out = new Output(size + size / 8 + Long.BYTES);
        out.number(size);
        write(item, out);
        return out.toByteArray();
    }

    static Map<String, AttributeValue> decode(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        readNumber(in);
        return readMembers(in);
    }

    /** The size of the item as {@link ItemSize} computes it, without decoding the item. */
    static int size(byte[] bytes) {
        return readNumber(ByteBuffer.wrap(bytes));
    }

    private static void write(Map<String, AttributeValue> members, Output out) {
        out.number(members.size());
        members.forEach((name, value) -> {
            out.text(name);
            write(value, out);
        });
    }

    private static void write(AttributeValue value, Output out) {
        switch (value) {
            case Bool bool -> out.write(bool.value() ? TRUE : FALSE);
            case Null ignored -> out.write(NULL);
            case Text text -> {
                out.write('S');
                out.text(text.value());
            }
            case Numeric number -> {
                out.write('N');
                out.decimal(number.value());
            }
            case Binary binary -> {
                out.write('B');
                out.bytes(binary.value().asByteArrayUnsafe());
            }
            case AttributeValue.Set set -> {
                // Lower case distinguishes a set from a single value.
                out.write(set.type().charAt(0) | 0x20);
                out.number(set.elements().size());
                set.elements().forEach(element -> write(element, out));
            }
            case Array array -> {
                out.write('L');
                out.number(array.elements().size());
                array.elements().forEach(element -> write(element, out));
            }
            case Document document -> {
                out.write('M');
                write(document.members(), out);
            }
        }
    }

    private static Map<String, AttributeValue> readMembers(ByteBuffer in) {
        int count = readNumber(in);
        var members = LinkedHashMap.<String, AttributeValue>newLinkedHashMap(count);
        for (int i = 0; i < count; i++) {
            members.put(readText(in), read(in));
        }
        return members;
    }

    private static AttributeValue read(ByteBuffer in) {
        int type = in.get();
        return switch (type) {
            case TRUE -> new Bool(true);
            case FALSE -> new Bool(false);
            case NULL -> new Null();
            case 'S' -> new Text(readText(in));
            case 'N' -> new Numeric(readDecimal(in));
            case 'B' -> new Binary(SdkBytes.fromByteArrayUnsafe(readBytes(in)));
            case 's' -> new AttributeValue.Set("SS", readAll(in));
            case 'n' -> new AttributeValue.Set("NS", readAll(in));
            case 'b' -> new AttributeValue.Set("BS", readAll(in));
            case 'L' -> new Array(readAll(in));
            case 'M' -> new Document(readMembers(in));
            default -> throw new IllegalStateException("There is no attribute type " + type + ".");
        };
    }

    private static List<AttributeValue> readAll(ByteBuffer in) {
        int count = readNumber(in);
        var values = new ArrayList<AttributeValue>(count);
        for (int i = 0; i < count; i++) {
            values.add(read(in));
        }
        return values;
    }

    private static int readNumber(ByteBuffer in) {
        int value = 0;
        int shift = 0;
        byte next;
        do {
            next = in.get();
            value |= (next & ~VARINT_MORE & 0xFF) << shift;
            shift += VARINT_BITS;
        } while ((next & VARINT_MORE) != 0);
        return value;
    }

    private static byte[] readBytes(ByteBuffer in) {
        var bytes = new byte[readNumber(in)];
        in.get(bytes);
        return bytes;
    }

    private static String readText(ByteBuffer in) {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    private static BigDecimal readDecimal(ByteBuffer in) {
        int scale = readNumber(in) - Output.SCALE_OFFSET;
        return new BigDecimal(new BigInteger(readBytes(in)), scale);
    }

    private static final class Output extends ByteArrayOutputStream {
        /** Makes every scale of a number within the limits positive. */
        static final int SCALE_OFFSET = Numbers.MAX_EXPONENT + 1;

        Output(int expected) {
            super(expected);
        }

        void number(int value) {
            int rest = value;
            while (rest >= VARINT_MORE) {
                write(rest | VARINT_MORE);
                rest >>>= VARINT_BITS;
            }
            write(rest);
        }

        void bytes(byte[] bytes) {
            number(bytes.length);
            write(bytes, 0, bytes.length);
        }

        void text(String text) {
            bytes(text.getBytes(StandardCharsets.UTF_8));
        }

        void decimal(BigDecimal value) {
            number(value.scale() + SCALE_OFFSET);
            bytes(value.unscaledValue().toByteArray());
        }
    }
}
