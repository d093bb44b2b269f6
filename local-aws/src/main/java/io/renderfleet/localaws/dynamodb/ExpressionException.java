package io.renderfleet.localaws.dynamodb;

/** An expression that breaks a rule; whoever asked for it adds which expression of the request it is. */
final class ExpressionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ExpressionException(String message) {
        super(message, null, false, false);
    }

    /** The service's error, such as {@code Invalid UpdateExpression: The expression can not be empty;}. */
    ServiceException in(String parameter) {
        return ServiceException.validation("Invalid " + parameter + ": " + getMessage());
    }
}
