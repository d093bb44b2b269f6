package io.renderfleet.simulator;

/** The generated part of a Markdown file, between two comments that name it. */
final class GeneratedBlock {
    private GeneratedBlock() {}

    /** Returns the file with the block replaced; {@link SimulationException} when the file has no such block. */
    static String replaced(String file, String name, String text) {
        String begin = "<!-- begin " + name + " -->\n";
        String end = "<!-- end " + name + " -->";
        int from = file.indexOf(begin);
        int to = file.indexOf(end);
        if (from < 0 || to < from) {
            throw new SimulationException("there is no block between '" + begin.strip() + "' and '" + end + "'");
        }
        return file.substring(0, from + begin.length()) + "\n```\n" + text.strip() + "\n```\n\n" + file.substring(to);
    }
}
