package io.renderfleet.localaws.dynamodb;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words and symbols of an expression, and where the parser is in them. */
final class ExpressionTokens {
    private static final int MAX_LENGTH = 4096;
    /** Deeper parentheses are redundant, or hold more operators than there may be; each level takes stack to parse. */
    private static final int MAX_NESTING = 300;

    private static final Pattern TOKEN =
            Pattern.compile("\\s*(?:([A-Za-z_][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+|[0-9]+|<>|<=|>=|\\S))");
    private static final String END = "<EOF>";

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int nesting;

    private record Token(String text, int start, int end) {}

    ExpressionTokens(String source) {
        this.source = source;
        if (source.isEmpty()) {
            throw new ExpressionException("The expression can not be empty;");
        }
        int size = ItemSize.utf8(source);
        if (size > MAX_LENGTH) {
            throw new ExpressionException(
                    "Expression size has exceeded the maximum allowed size; expression size: " + size);
        }
        Matcher matcher = TOKEN.matcher(source);
        while (matcher.lookingAt()) {
            tokens.add(new Token(matcher.group(1), matcher.start(1), matcher.end(1)));
            matcher.region(matcher.end(), source.length());
        }
        tokens.add(new Token(END, source.length(), source.length()));
    }

    String peek() {
        return tokens.get(at).text();
    }

    /** The token after the next one, or the end. */
    String peekAfter() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1)).text();
    }

    String next() {
        String text = peek();
        if (atEnd()) {
            throw syntaxError();
        }
        at++;
        return text;
    }

    boolean atEnd() {
        return at == tokens.size() - 1;
    }

    /** Takes the next token when it is this symbol, or this keyword in any case. */
    boolean take(String token) {
        if (!atEnd() && peek().equalsIgnoreCase(token)) {
            at++;
            return true;
        }
        return false;
    }

    void require(String token) {
        if (!take(token)) {
            throw syntaxError();
        }
    }

    boolean atOpening() {
        return peek().equals("(");
    }

    void open() {
        require("(");
        if (++nesting > MAX_NESTING) {
            throw new ExpressionException("The expression has redundant parentheses;");
        }
    }

    void close() {
        require(")");
        nesting--;
    }

    void requireEnd() {
        if (!atEnd()) {
            throw syntaxError();
        }
    }

    boolean isIdentifier() {
        char first = peek().charAt(0);
        return !atEnd() && ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_');
    }

    /** Names the next token, with the ones beside it. */
    ExpressionException syntaxError() {
        Token before = tokens.get(Math.max(at - 1, 0));
        Token after = tokens.get(Math.min(at + 1, tokens.size() - 1));
        return new ExpressionException("Syntax error; token: \"%s\", near: \"%s\""
                .formatted(peek(), source.substring(before.start(), after.end())));
    }

    /** The token in capital letters, as keywords are compared. */
    static String keyword(String token) {
        return token.toUpperCase(Locale.ROOT);
    }
}
