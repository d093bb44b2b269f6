package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * An error response of DynamoDB. The names, status codes and messages are those of the service, so that an SDK throws
 * the same exception as on AWS.
 *
 * @see <a href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html">Error
 *     handling with DynamoDB</a>
 */
final class ServiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int SERVER_FAULT = 500;
    private static final String DYNAMODB = "com.amazonaws.dynamodb.v20120810#";
    private static final String CORAL = "com.amazon.coral.service#";
    private static final String VALIDATION = "com.amazon.coral.validate#";

    private final String type;
    private final int status;
    private final transient Optional<ObjectNode> details;

    private ServiceException(String type, int status, String message, Optional<ObjectNode> details) {
        // Without a stack trace, because failed conditional checks are frequent.
        super(message, null, false, false);
        this.type = type;
        this.status = status;
        this.details = details;
    }

    /** The request breaks a rule of the service. */
    static ServiceException validation(String message) {
        return new ServiceException(VALIDATION + "ValidationException", BAD_REQUEST, message, Optional.empty());
    }

    /** A parameter value of a put, an update or a query breaks a rule. */
    static ServiceException invalidParameter(String message) {
        return validation("One or more parameter values were invalid: " + message);
    }

    /** The body is not JSON, or a member has another JSON type than the service expects. */
    static ServiceException serialization(String message) {
        return new ServiceException(CORAL + "SerializationException", BAD_REQUEST, message, Optional.empty());
    }

    /** The request is not signed with the key; {@code type} is the name of the error. */
    static ServiceException denied(String type, String message) {
        return new ServiceException(CORAL + type, BAD_REQUEST, message, Optional.empty());
    }

    /** The request is from a web page. DynamoDB has no such error, and uses 400 for its own refusals. */
    static ServiceException forbidden(String message) {
        return new ServiceException(CORAL + "AccessDeniedException", FORBIDDEN, message, Optional.empty());
    }

    static ServiceException unknownOperation(String message) {
        return new ServiceException(CORAL + "UnknownOperationException", BAD_REQUEST, message, Optional.empty());
    }

    static ServiceException tooLarge(String message) {
        return new ServiceException(CORAL + "RequestEntityTooLargeException", 413, message, Optional.empty());
    }

    static ServiceException internal(String message) {
        return new ServiceException(DYNAMODB + "InternalServerError", SERVER_FAULT, message, Optional.empty());
    }

    /** An error of DynamoDB's own model, such as {@code ResourceNotFoundException}. */
    static ServiceException of(String name, String message) {
        return new ServiceException(DYNAMODB + name, BAD_REQUEST, message, Optional.empty());
    }

    /** The error of {@link #of(String, String)} with additional members in the response. */
    static ServiceException of(String name, String message, ObjectNode details) {
        return new ServiceException(DYNAMODB + name, BAD_REQUEST, message, Optional.of(details));
    }

    static ServiceException tableNotFound() {
        return of("ResourceNotFoundException", "Requested resource not found");
    }

    int status() {
        return status;
    }

    boolean isServerFault() {
        return status >= SERVER_FAULT;
    }

    /** The name without its namespace: {@code ValidationException}. */
    String name() {
        return type.substring(type.indexOf('#') + 1);
    }

    String text() {
        return String.valueOf(getMessage());
    }

    ObjectNode body() {
        ObjectNode body = Json.object().put("__type", type).put("message", text());
        details.ifPresent(body::setAll);
        return body;
    }
}
