package io.renderfleet.localaws.samples;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A sample design: a self-contained glTF 2.0 file and a camera for it.
 *
 * @param id the id of the design, 1 to 128 characters of {@code A-Z a-z 0-9 . _ -}
 * @param description a description in one sentence
 * @param glb the file, binary glTF 2.0 without external references, at most 4 MiB; copied by the constructor and the
 *     accessor
 * @param view a camera that shows the design well
 * @param environment the {@code environment} for a render request: {@code default}, or {@code none} for a design that
 *     is lit by its own lamps only
 */
@SuppressWarnings("ArrayRecordComponent") // Copied both ways and compared by content below.
public record SampleDesign(String id, String description, byte[] glb, SampleView view, String environment) {

    private static final Pattern LEGAL_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    public SampleDesign {
        if (!LEGAL_ID.matcher(id).matches()) {
            throw new IllegalArgumentException("Invalid design id: " + id);
        }
        glb = glb.clone();
    }

    /** Creates a design for the default environment. */
    SampleDesign(String id, String description, byte[] glb, SampleView view) {
        this(id, description, glb, view, "default");
    }

    /** The same design, lit by its own lamps only. */
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
