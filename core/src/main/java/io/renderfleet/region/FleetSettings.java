package io.renderfleet.region;

import io.renderfleet.pool.Pool;
import io.renderfleet.pool.PoolName;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What every service must agree on: the deployment's name, its regions, and where AWS answers. The name and the regions
 * have no defaults: with some, a service that was given none would work in whichever account its credentials are for.
 *
 * @param env the deployment's name, part of every queue, table and bucket name
 * @param homeRegion the region that holds the jobs table, the designs and the master queues
 * @param regions the regions that run jobs, in no order of preference
 * @param pools the pools of workers that this deployment runs; each has queues of its own in every region
 * @param bucketSuffix what makes bucket names unique among all AWS accounts, usually the account id; empty on a laptop
 * @param endpoints where SQS and S3 answer when not at AWS
 */
@Validated
@ConfigurationProperties("renderfleet")
public record FleetSettings(
        @DefaultValue("")
        @Pattern(
                regexp = "[a-z][a-z0-9]{0,15}",
                message = "must be the deployment's name, a letter and up to 15 of a-z, 0-9: it chooses the queues,"
                        + " tables and buckets")
        String env,

        @NotNull(message = "names no region: set it to the one that has the jobs table, such as us-east-1")
        RegionId homeRegion,

        @DefaultValue @NotEmpty(message = "names no region: set it to those that run jobs, such as us-east-1,us-west-2")
        List<RegionId> regions,

        @DefaultValue @NotEmpty(message = "names no pool: set it to those whose workers run here, such as render=cpu")
        List<Pool> pools,

        @DefaultValue("") String bucketSuffix,
        @DefaultValue @Valid Endpoints endpoints) {

    public FleetSettings {
        regions = List.copyOf(regions);
        if (regions.stream().distinct().count() != regions.size()) {
            throw new IllegalArgumentException("renderfleet.regions names a region twice: " + regions);
        }
        pools = List.copyOf(pools);
        if (pools.stream().map(Pool::name).distinct().count() != pools.size()) {
            throw new IllegalArgumentException("renderfleet.pools names a pool twice: " + pools);
        }
    }

    /** The names of the pools, in the order of the settings. */
    public List<PoolName> poolNames() {
        return pools.stream().map(Pool::name).toList();
    }

    /**
     * Endpoints to use in place of AWS's own.
     *
     * @param sqs one entry per region, each {@code region=uri}
     * @param s3 one entry per region, each {@code region=uri}
     * @param s3Links one entry per region, each {@code region=uri}: where those who hold a link to a result reach S3,
     *     when that is not where the services do; {@code s3} for a region without one
     */
    public record Endpoints(
            @DefaultValue List<RegionEndpoint> sqs,
            @DefaultValue List<RegionEndpoint> s3,
            @DefaultValue List<RegionEndpoint> s3Links) {
        public Endpoints {
            sqs = List.copyOf(sqs);
            s3 = List.copyOf(s3);
            s3Links = List.copyOf(s3Links);
        }

        Optional<URI> sqs(RegionId region) {
            return find(sqs, region);
        }

        Optional<URI> s3(RegionId region) {
            return find(s3, region);
        }

        Optional<URI> s3Links(RegionId region) {
            return find(s3Links, region).or(() -> s3(region));
        }

        private static Optional<URI> find(List<RegionEndpoint> endpoints, RegionId region) {
            return endpoints.stream()
                    .filter(endpoint -> endpoint.region().equals(region))
                    .map(RegionEndpoint::uri)
                    .findFirst();
        }
    }

    /**
     * Where a region's service answers when that is not AWS itself, written {@code region=uri}: one value that fits in
     * an environment variable, where a map keyed by region codes would not.
     */
    public record RegionEndpoint(RegionId region, URI uri) {

        /** Reads {@code us-east-1=http://127.0.0.1:9324}; {@link IllegalArgumentException} for anything else. */
        public static RegionEndpoint of(String text) {
            int equals = text.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("'" + text + "' is not of the form region=uri");
            }
            return new RegionEndpoint(
                    new RegionId(text.substring(0, equals).strip()),
                    URI.create(text.substring(equals + 1).strip()));
        }
    }
}
