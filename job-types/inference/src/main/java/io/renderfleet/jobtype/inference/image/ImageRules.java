package io.renderfleet.jobtype.inference.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.jobtype.inference.settings.InferenceSettings.ImageSettings;
import io.renderfleet.problem.Violations;
import java.util.List;

/** Which images a request may refer to. Makes no calls. */
public final class ImageRules {
    private final List<String> hosts;

    public ImageRules(ImageSettings settings) {
        this.hosts = settings.hosts();
    }

    /** Checks one reference to an image. */
    public void check(String field, JsonNode url, Violations violations) {
        ImageUrl image = url.isTextual() ? ImageUrl.parse(url.asText()).orElse(null) : null;
        switch (image) {
            case null -> violations.add(field, forms());
            case ImageUrl.Data data -> {
                if (data.bytes().flatMap(ImageType::of).isEmpty()) {
                    violations.add(field, "has data that is not a PNG, JPEG, WebP or GIF image in base64");
                }
            }
            case ImageUrl.Https https -> {
                if (!isAllowed(https.host())) {
                    violations.add(
                            field,
                            "is on the host " + https.host() + ", from which images are not fetched; allowed are "
                                    + (hosts.isEmpty() ? "none" : String.join(", ", hosts))
                                    + ". Upload the image with PUT /inputs/{name} and send s3:inputs/{name}");
                }
            }
            case ImageUrl.Named _ -> {}
            // The form of payloads. A request that had it could use an image of which it knows only the digest.
            case ImageUrl.Stored _ -> violations.add(field, forms());
        }
    }

    private String forms() {
        return "must be a data URI of a PNG, JPEG, WebP or GIF image (data:image/png;base64,...), s3:inputs/{name} of an"
                + " uploaded image"
                + (hosts.isEmpty() ? "" : ", or an https address without user and fragment");
    }

    /** Whether images are fetched from a host. */
    public boolean isAllowed(String host) {
        return hosts.stream()
                .anyMatch(allowed -> allowed.startsWith("*.")
                        ? host.endsWith(allowed.substring(1)) && host.length() > allowed.length() - 1
                        : host.equals(allowed));
    }
}
