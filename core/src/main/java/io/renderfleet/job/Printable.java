package io.renderfleet.job;

/** Validates names that users choose: visible, of limited length, and safe on one line of a log. */
final class Printable {
    private Printable() {}

    /** @param maxLength in code points */
    static void require(String what, String text, int maxLength) {
        if (text.isBlank()
                || text.codePointCount(0, text.length()) > maxLength
                || !text.codePoints().allMatch(Printable::isPrintable)) {
            throw new IllegalArgumentException(what + " must be 1 to " + maxLength + " printable characters");
        }
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
