package io.renderfleet.localaws.samples;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A design that every system of ours starts with: a self-contained glTF 2.0 file and a view of it.
 *
 * @param id what render requests call it: 1 to 128 of {@code A-Z a-z 0-9 . _ -}
 * @param description one sentence for people
 * @param glb the file, binary glTF 2.0 without external references; copied in and out, at most 4 MiB
 * @param view a camera that shows the design well
 * @param environment the {@code environment} of a render request that shows it as it is meant to look: {@code default},
 *     or {@code none} where its own lamps alone are to light it
 */
@SuppressWarnings("ArrayRecordComponent") // Copied both ways and compared by content below.
public record SampleDesign(String id, String description, byte[] glb, SampleView view, String environment) {

    private static final Pattern LEGAL_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    public SampleDesign {
        if (!LEGAL_ID.matcher(id).matches()) {
            throw new IllegalArgumentException("Not a legal design id: " + id);
        }
        glb = glb.clone();
    }

    /** A design to be seen in the default environment. */
    SampleDesign(String id, String description, byte[] glb, SampleView view) {
        this(id, description, glb, view, "default");
    }

    /** The same design, to be lit by its own lamps alone. */
    SampleDesign withoutEnvironment() {
        return new SampleDesign(id, description, glb, view, "none");
    }

    @Override
    public byte[] glb() {
        return glb.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SampleDesign that
                && id.equals(that.id)
                && description.equals(that.description)
                && view.equals(that.view)
                && environment.equals(that.environment)
                && Arrays.equals(glb, that.glb);
    }

    @Override
    public int hashCode() {
        return 31 * id.hashCode() + Arrays.hashCode(glb);
    }

    @Override
    public String toString() {
        return "SampleDesign[" + id + ", " + glb.length + " bytes]";
    }
}
