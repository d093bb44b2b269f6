package io.renderfleet.localaws.samples;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The sample designs. They are generated at each call, and always have the same bytes: they do not depend on the clock,
 * on unseeded random numbers or on files.
 */
public final class SampleDesigns {

    private static final Map<String, Supplier<SampleDesign>> MODELLERS = modellers();

    private SampleDesigns() {}

    /** All sample designs, in the order in which to show them. */
    public static List<SampleDesign> all() {
        return MODELLERS.values().stream().map(Supplier::get).toList();
    }

    /**
     * The design with this id.
     *
     * @throws IllegalArgumentException if there is none; the message lists the existing ids
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
