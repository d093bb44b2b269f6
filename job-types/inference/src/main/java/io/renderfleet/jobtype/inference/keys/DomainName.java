package io.renderfleet.jobtype.inference.keys;

/**
 * The name of a quota domain: the keys and the model for which a provider counts its limits together, usually one
 * account or organization and one model.
 *
 * @param value 1 to 64 letters, digits, dots, hyphens and underscores
 */
public record DomainName(String value) {

    /** @throws IllegalArgumentException if the name has another form; the message does not repeat it */
    public DomainName {
        if (!KeyId.NAME.matcher(value).matches()) {
            throw new IllegalArgumentException("The name of a quota domain must have 1 to 64 letters, digits, dots,"
                    + " hyphens or underscores, for example account-a");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
