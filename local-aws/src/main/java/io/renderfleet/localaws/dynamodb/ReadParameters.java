package io.renderfleet.localaws.dynamodb;

import java.util.Map;
import java.util.Optional;

/** The parameters of a query or scan except its keys: filter, projection, selection and consistency. */
record ReadParameters(
        ReadSource source,
        Optional<Condition> filter,
        Optional<Projection> projection,
        String select,
        int limit,
        boolean consistent) {

    static ReadParameters of(
            ReadSource source, Request request, Optional<Condition> filter, Optional<Projection> projection) {
        Integer limit = request.integer("Limit");
        String select = request.text("Select", projection.isPresent() ? "SPECIFIC_ATTRIBUTES" : source.everything());
        checkSelect(request, select, projection, source);
        return new ReadParameters(
                source,
                filter,
                projection,
                select,
                limit == null ? Integer.MAX_VALUE : limit,
                request.bool("ConsistentRead", false));
    }

    private static void checkSelect(
            Request request, String select, Optional<Projection> projection, ReadSource source) {
        IndexSchema index = source.schema();
        if (projection.isPresent() && !select.equals("SPECIFIC_ATTRIBUTES")) {
            throw ServiceException.validation("Cannot specify the ProjectionExpression when choosing to get "
                    + (select.equals("COUNT") ? "only the Count" : select));
        }
        if (projection.isEmpty() && select.equals("SPECIFIC_ATTRIBUTES")) {
            throw ServiceException.validation("Must specify the AttributesToGet or ProjectionExpression when choosing "
                    + "to get SPECIFIC_ATTRIBUTES");
        }
        if (select.equals("ALL_PROJECTED_ATTRIBUTES") && index == null) {
            throw ServiceException.validation(
                    "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
        }
        if (projection.isPresent() && index != null && !index.local() && !index.projectsAll()) {
            refuseUnprojected(projection.get(), index, source.table().key());
        }
        if (request.has("Select")
                && select.equals("ALL_ATTRIBUTES")
                && index != null
                && !index.local()
                && !index.projectsAll()) {
            throw ServiceException.invalidParameter("Select type ALL_ATTRIBUTES is not supported for global "
                    + "secondary index " + index.name() + " because its projection type is not ALL");
        }
    }

    private static void refuseUnprojected(Projection projection, IndexSchema index, KeySchema tableKey) {
        projection.attributes().forEach(name -> {
            if (!index.projects(name, tableKey)) {
                throw ServiceException.invalidParameter(
                        "Global secondary index " + index.name() + " does not project [" + name + "]");
            }
        });
    }

    /** The attributes of an item that the read source projects. */
    Map<String, AttributeValue> visible(Map<String, AttributeValue> item) {
        IndexSchema index = source.schema();
        if (index == null || (index.local() && !select.equals("ALL_PROJECTED_ATTRIBUTES"))) {
            return item;
        }
        return index.project(item, source.table().key());
    }
}
