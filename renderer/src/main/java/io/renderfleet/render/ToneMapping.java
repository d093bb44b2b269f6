package io.renderfleet.render;

/** The conversion of radiance to display colours. */
public enum ToneMapping {
    /** Khronos PBR Neutral, which preserves base colours and compresses only highlights. */
    PBR_NEUTRAL,
    /** A fit of the ACES reference rendering transform: filmic contrast and highlight desaturation. */
    ACES
}
