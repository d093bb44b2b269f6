package io.renderfleet.localaws;

import io.renderfleet.region.RegionId;
import java.net.URI;
import java.util.Map;

/**
 * Where each part answers, as an address that a client on this machine can use.
 *
 * @param sqs one entry per region, in the order of the options
 */
public record LocalAwsEndpoints(Map<RegionId, URI> sqs, URI dynamoDb, URI s3) {

    /** The SQS of one region; {@link IllegalArgumentException} when this instance does not have that region. */
    public URI sqs(RegionId region) {
        URI endpoint = sqs.get(region);
        if (endpoint == null) {
            throw new IllegalArgumentException("No such region here: " + region + ". There are: " + sqs.keySet());
        }
        return endpoint;
    }
}
