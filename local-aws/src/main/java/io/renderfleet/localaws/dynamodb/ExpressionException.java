package io.renderfleet.localaws.dynamodb;

/** An expression breaks a rule. {@link #in} adds the name of the request parameter that has the expression. */
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
