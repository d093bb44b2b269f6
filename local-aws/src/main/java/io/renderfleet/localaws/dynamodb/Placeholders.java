package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.ExpressionFaults.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The names and values that a request defines for its expressions, and which of them no expression has used yet. */
final class Placeholders {
    private static final Pattern NAME = Pattern.compile("#[0-9a-zA-Z_]+");
    private static final Pattern VALUE = Pattern.compile(":[0-9a-zA-Z_]+");
    private static final Set<String> RESERVED = reserved();

    private final Map<String, String> names;
    private final Map<String, AttributeValue> values;
    private final Set<String> unusedNames;
    private final Set<String> unusedValues;

    Placeholders(Map<String, String> names, Map<String, AttributeValue> values) {
        checkKeys("ExpressionAttributeNames", names.keySet(), NAME);
        checkKeys("ExpressionAttributeValues", values.keySet(), VALUE);
        this.names = names;
        this.values = values;
        unusedNames = new LinkedHashSet<>(names.keySet());
        unusedValues = new LinkedHashSet<>(values.keySet());
    }

    /**
     * The attribute name for a word of a path: the word itself, or the definition of a placeholder such as
     * {@code #name}.
     */
    String attribute(String word, ExpressionFaults faults) {
        if (!word.startsWith("#")) {
            if (RESERVED.contains(ExpressionTokens.keyword(word))) {
                faults.add(Kind.RESERVED_WORD, "Attribute name is a reserved keyword; reserved keyword: " + word);
            }
            return word;
        }
        unusedNames.remove(word);
        String name = names.get(word);
        if (name == null) {
            faults.add(
                    Kind.UNDEFINED_NAME,
                    "An expression attribute name used in the document path is not defined; attribute name: " + word);
            return word;
        }
        return name;
    }

    AttributeValue value(String word, ExpressionFaults faults) {
        unusedValues.remove(word);
        AttributeValue value = values.get(word);
        if (value == null) {
            faults.add(
                    Kind.UNDEFINED_VALUE,
                    "An expression attribute value used in expression is not defined; attribute value: " + word);
            return new AttributeValue.Null();
        }
        return value;
    }

    /** The service's error if a name or a value was defined and not used. */
    void requireAllUsed() {
        requireUsed("ExpressionAttributeNames", unusedNames);
        requireUsed("ExpressionAttributeValues", unusedValues);
    }

    private static void requireUsed(String parameter, Set<String> unused) {
        if (!unused.isEmpty()) {
            throw ServiceException.validation("Value provided in " + parameter + " unused in expressions: keys: {"
                    + String.join(", ", unused) + "}");
        }
    }

    private static void checkKeys(String parameter, Set<String> keys, Pattern pattern) {
        for (String key : keys) {
            if (!pattern.matcher(key).matches()) {
                throw ServiceException.validation(
                        parameter + " contains invalid key: Syntax error; key: \"" + key + "\"");
            }
        }
    }

    /**
     * <a href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html">Reserved words</a>.
     */
    private static Set<String> reserved() {
        try (InputStream words = Placeholders.class.getResourceAsStream("reserved-words.txt")) {
            if (words == null) {
                throw new IllegalStateException("reserved-words.txt is missing from the jar.");
            }
            return Set.of(new String(words.readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split("\\s+"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
