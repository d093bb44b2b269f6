package io.renderfleet.localaws;

import io.renderfleet.region.RegionId;
import java.net.URI;
import java.util.Map;

/**
 * The addresses of the servers, for clients on this machine.
 *
 * @param sqs the address of each region's SQS, in the order of the options
 * @param dynamoDb the address of DynamoDB
 * @param s3 the address of S3
 */
public record LocalAwsEndpoints(Map<RegionId, URI> sqs, URI dynamoDb, URI s3) {

    /** The address of one region's SQS; {@link IllegalArgumentException} if this instance does not have the region. */
    public URI sqs(RegionId region) {
        URI endpoint = sqs.get(region);
        if (endpoint == null) {
            throw new IllegalArgumentException(
                    "This instance has no region " + region + "; it has " + sqs.keySet() + ".");
        }
        return endpoint;
    }
}
