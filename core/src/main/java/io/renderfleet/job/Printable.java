package io.renderfleet.job;

/** Validates names that users choose: visible, of limited length, and safe on one line of a log. */
final class Printable {
    private Printable() {}

    /** @param maxLength in code points */
    static void require(String what, String text, int maxLength) {
        if (!is(text, maxLength)) {
            throw new IllegalArgumentException(what + " must be 1 to " + maxLength + " printable characters");
        }
    }

    /** @param maxLength in code points */
    static boolean is(String text, int maxLength) {
        return !text.isBlank()
                && text.codePointCount(0, text.length()) <= maxLength
                && text.codePoints().allMatch(Printable::isPrintable);
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
