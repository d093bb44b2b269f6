package io.renderfleet.jobtype.inference.keys;

/** The state of a key. Of several that apply, a view shows the one that comes last here. */
public enum KeyState {
    /** Can be used. */
    ACTIVE,
    /** Its domain or the key was unavailable; one call tests whether it is available again, and others wait for it. */
    PROBING,
    /** Its domain exceeded a limit of the provider, and gets no calls for a time. */
    COOLING,
    /** Its quota or credit is used up. It is tried again after a time. */
    EXHAUSTED,
    /** An operator lets its calls end and allows no new ones. */
    DRAINING,
    /** The provider does not accept its secret. It needs another secret, or an operator who enables it. */
    INVALID,
    /** An operator disabled it. */
    DISABLED
}
