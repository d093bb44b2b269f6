package io.renderfleet.localaws.samples;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The sample designs. Every call models them anew and gives the same bytes: nothing depends on the clock, on a random
 * source without a seed, or on files.
 */
public final class SampleDesigns {

    private static final Map<String, Supplier<SampleDesign>> MODELLERS = modellers();

    private SampleDesigns() {}

    /** All of them, in the order in which they are best shown. */
    public static List<SampleDesign> all() {
        return MODELLERS.values().stream().map(Supplier::get).toList();
    }

    /**
     * The design with this id.
     *
     * @throws IllegalArgumentException if there is none; the text lists those there are
     */
    public static SampleDesign named(String id) {
        Supplier<SampleDesign> modeller = MODELLERS.get(id);
        if (modeller == null) {
            throw new IllegalArgumentException(
                    "There is no sample design '" + id + "'; there are " + String.join(", ", MODELLERS.keySet()));
        }
        return modeller.get();
    }

    private static Map<String, Supplier<SampleDesign>> modellers() {
        Map<String, Supplier<SampleDesign>> modellers = new LinkedHashMap<>();
        modellers.put(ProductShot.ID, ProductShot::model);
        modellers.put(FurnishedRoom.ID, FurnishedRoom::model);
        modellers.put(MaterialGrid.ID, MaterialGrid::model);
        modellers.put(CornellBox.ID, CornellBox::model);
        modellers.put(TinyCube.ID, TinyCube::model);
        return modellers;
    }
}
