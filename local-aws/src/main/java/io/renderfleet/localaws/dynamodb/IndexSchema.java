package io.renderfleet.localaws.dynamodb;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A secondary index.
 *
 * @param local whether it is a local index, which has its table's partition key and can be read consistently
 * @param projection {@code ALL}, {@code KEYS_ONLY} or {@code INCLUDE}
 * @param included the attributes that {@code INCLUDE} names
 */
record IndexSchema(String name, KeySchema key, boolean local, String projection, List<String> included) {

    boolean projectsAll() {
        return projection.equals("ALL");
    }

    /** Whether the index projects the attribute. */
    boolean projects(String attribute, KeySchema tableKey) {
        return projectsAll() || tableKey.contains(attribute) || key.contains(attribute) || included.contains(attribute);
    }

    /** The projected attributes of an item. */
    Map<String, AttributeValue> project(Map<String, AttributeValue> item, KeySchema tableKey) {
        if (projectsAll()) {
            return item;
        }
        var projected = new LinkedHashMap<>(item);
        projected.keySet().removeIf(attribute -> !projects(attribute, tableKey));
        return projected;
    }

    /** Checks those attributes of an item that are keys of this index. */
    void checkItem(Map<String, AttributeValue> item) {
        for (KeySchema.Attribute attribute : key.attributes()) {
            AttributeValue value = item.get(attribute.name());
            if (value == null) {
                continue;
            }
            if (!value.type().equals(attribute.type())) {
                throw ServiceException.invalidParameter("Type mismatch for Index Key " + attribute.name()
                        + " Expected: " + attribute.type() + " Actual: " + value.type() + " IndexName: " + name);
            }
            if (ItemSize.of(value) > longest(attribute)) {
                throw ServiceException.invalidParameter(
                        "Size limit exceeded for Index Key " + attribute.name() + " Actual Size: " + ItemSize.of(value)
                                + " Max Size: " + longest(attribute) + " bytes IndexName: " + name);
            }
            if (KeySchema.isEmpty(value)) {
                throw ServiceException.validation("One or more parameter values are not valid. A value specified for a"
                        + " secondary index key is not supported. The AttributeValue for a key attribute cannot contain an"
                        + " empty " + (value.type().equals("S") ? "string" : "binary") + " value. IndexName: " + name
                        + ", IndexKey: " + attribute.name());
            }
        }
    }

    /**
     * The checks of {@link #checkItem} for the result of an update.
     *
     * @see <a href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html">The
     *     messages of TransactWriteItems</a>
     */
    void checkUpdated(Map<String, AttributeValue> item) {
        for (KeySchema.Attribute attribute : key.attributes()) {
            AttributeValue value = item.get(attribute.name());
            if (value != null && !value.type().equals(attribute.type())) {
                throw ServiceException.validation(
                        "The update expression attempted to update the secondary index key to unsupported type");
            }
            if (value != null && ItemSize.of(value) > longest(attribute)) {
                throw ServiceException.validation(
                        "The update expression attempted to update the secondary index key beyond allowed size limits");
            }
            if (value != null && KeySchema.isEmpty(value)) {
                throw ServiceException.validation(
                        "One or more parameter values are not valid. The update expression attempted to update a "
                                + "secondary index key to a value that is not supported. The AttributeValue for a key "
                                + "attribute cannot contain an empty "
                                + (value.type().equals("S") ? "string" : "binary") + " value.");
            }
        }
    }

    private int longest(KeySchema.Attribute attribute) {
        return attribute.equals(key.hash()) ? KeySchema.MAX_HASH : KeySchema.MAX_RANGE;
    }
}
