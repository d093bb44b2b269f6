package io.renderfleet.simulator;

import java.util.List;
import java.util.Locale;

/**
 * A line chart as SVG, with panels above each other that share the horizontal axis. Both axes begin at zero. Texts must
 * not contain characters that XML would need escaped.
 *
 * @param title the title
 * @param xLabel the unit of the horizontal axis
 * @param xMax the end of the horizontal axis, greater than 0
 * @param panels the panels from top to bottom; each has the same lines in the same order
 */
record LineChart(String title, String xLabel, double xMax, List<Panel> panels) {
    /**
     * Distinguishable with any colour vision, on white and in print (M. Okabe, K. Ito, "Color Universal Design", 2008).
     */
    private static final List<String> COLOURS = List.of("#0072b2", "#d55e00", "#cc79a7", "#009e73");

    private static final int WIDTH = 860;
    private static final int LEFT = 74;
    private static final int RIGHT = 24;
    private static final int TOP = 92;
    private static final int PANEL = 210;
    private static final int GAP = 44;
    private static final int BOTTOM = 50;
    private static final int GRID = 5;
    /** The approximate width of a letter, because the width of text is not known here. */
    private static final double LETTER = 7.3;

    record Point(double x, double y) {}

    /** @param colour the index of the colour, 0 to 3; a policy has the same colour in every chart */
    record Line(String label, int colour, List<Point> points) {}

    record Panel(String label, List<Line> lines) {
        double yMax() {
            double largest = lines.stream()
                    .flatMap(line -> line.points().stream())
                    .mapToDouble(Point::y)
                    .max()
                    .orElse(0);
            return Math.max(GRID, largest * 1.05);
        }
    }

    String svg() {
        int height = TOP + panels.size() * PANEL + (panels.size() - 1) * GAP + BOTTOM;
        StringBuilder svg = new StringBuilder();
        add(svg, """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="Helvetica, Arial, sans-serif" \
            font-size="13" fill="#333333">
            <title>%s</title>
            <rect width="%d" height="%d" fill="#ffffff"/>
            <text x="%d" y="30" font-size="17" font-weight="bold">%s</text>
            """, WIDTH, height, title, WIDTH, height, LEFT, title);
        addLegend(svg);
        for (int i = 0; i < panels.size(); i++) {
            addPanel(svg, panels.get(i), TOP + i * (PANEL + GAP));
        }
        add(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n", WIDTH - RIGHT, height - 12, xLabel);
        return svg.append("</svg>\n").toString();
    }

    private void addLegend(StringBuilder svg) {
        double x = LEFT;
        for (Line line : panels.getFirst().lines()) {
            add(
                    svg,
                    "<line x1=\"%.0f\" y1=\"50\" x2=\"%.0f\" y2=\"50\" stroke=\"%s\" stroke-width=\"3\"/>%n",
                    x,
                    x + 20,
                    COLOURS.get(line.colour()));
            add(svg, "<text x=\"%.0f\" y=\"54\">%s</text>%n", x + 26, line.label());
            x += 52 + line.label().length() * LETTER;
        }
    }

    private void addPanel(StringBuilder svg, Panel panel, int top) {
        double yMax = panel.yMax();
        int bottom = top + PANEL;
        add(svg, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>%n", LEFT, top - 8, panel.label());
        double yStep = niceStep(yMax);
        for (int i = 0; i * yStep <= yMax; i++) {
            double y = y(i * yStep, yMax, top);
            addGridLine(svg, LEFT, y, WIDTH - RIGHT, y, i == 0);
            add(svg, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%,.0f</text>%n", LEFT - 8, y + 4.5, i * yStep);
        }
        double xStep = niceStep(xMax);
        for (int i = 0; i * xStep <= xMax; i++) {
            double x = x(i * xStep);
            addGridLine(svg, x, top, x, bottom, i == 0);
            add(svg, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>%n", x, bottom + 18, i * xStep);
        }
        panel.lines().forEach(line -> addLine(svg, line, yMax, top));
    }

    private static void addGridLine(StringBuilder svg, double x1, double y1, double x2, double y2, boolean axis) {
        add(
                svg,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
                x1,
                y1,
                x2,
                y2,
                axis ? "#888888" : "#e4e4e4");
    }

    private void addLine(StringBuilder svg, Line line, double yMax, int top) {
        add(
                svg,
                "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" stroke-linejoin=\"round\" points=\"",
                COLOURS.get(line.colour()));
        List<Point> points = line.points();
        for (int i = 0; i < points.size(); i++) {
            // Points within a horizontal segment are omitted.
            boolean level = i > 0
                    && i < points.size() - 1
                    && points.get(i).y() == points.get(i - 1).y()
                    && points.get(i).y() == points.get(i + 1).y();
            if (!level) {
                add(svg, "%.1f,%.1f ", x(points.get(i).x()), y(points.get(i).y(), yMax, top));
            }
        }
        svg.append("\"/>\n");
    }

    private double x(double value) {
        return LEFT + value / xMax * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double value, double yMax, int top) {
        return top + PANEL * (1 - value / yMax);
    }

    /** The distance of grid lines: 1, 2 or 5 times a power of ten. */
    private static double niceStep(double max) {
        double power = StrictMath.pow(10, Math.floor(StrictMath.log10(max / GRID)));
        double share = max / GRID / power;
        return power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format.replace("%n", "\n"), values));
    }
}
