package io.renderfleet.render;

/** How scene light becomes display colour. */
public enum ToneMapping {
    /** Khronos PBR Neutral: keeps the base colours a designer chose, compresses highlights only. */
    PBR_NEUTRAL,
    /** A fit of the ACES reference rendering transform: filmic contrast and highlight desaturation. */
    ACES
}
