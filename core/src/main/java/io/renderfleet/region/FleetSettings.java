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
 * The settings that all services of a deployment must share. The name and the regions have no defaults, so that a
 * service without settings does not start to work in the account of its credentials.
 *
 * @param env the deployment's name, which is part of every queue, table and bucket name: a lower-case letter, then up
 *     to 15 of a-z and 0-9
 * @param homeRegion the region that has the jobs table, the designs and the master queues
 * @param regions the regions that run jobs, in any order; at least one, each once
 * @param pools the pools of workers; each has its own queues in every region; at least one, each name once
 * @param bucketSuffix makes bucket names unique among all AWS accounts, usually the account id; empty for no suffix
 * @param endpoints the endpoints of SQS and S3 that replace those of AWS
 */
@Validated
@ConfigurationProperties("renderfleet")
public record FleetSettings(
        @DefaultValue("")
        @Pattern(
                regexp = "[a-z][a-z0-9]{0,15}",
                message = "must be the deployment's name, a letter and up to 15 of a-z, 0-9: it is part of the names of"
                        + " all queues, tables and buckets")
        String env,

        @NotNull(message = "a region is required: the one that has the jobs table, such as us-east-1")
        RegionId homeRegion,

        @DefaultValue @NotEmpty(message = "a region is required: those that run jobs, such as us-east-1,us-west-2")
        List<RegionId> regions,

        @DefaultValue @NotEmpty(message = "a pool is required: those whose workers run here, such as render=cpu")
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

    /** The names of the pools, in the order of the setting. */
    public List<PoolName> poolNames() {
        return pools.stream().map(Pool::name).toList();
    }

    /**
     * Endpoints that replace those of AWS.
     *
     * @param sqs one entry per region, each {@code region=uri}
     * @param s3 one entry per region, each {@code region=uri}
     * @param s3Links one entry per region, each {@code region=uri}: the endpoint in the links to results, if clients
     *     reach S3 at another address than the services; a region without an entry uses that of {@code s3}
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
     * An endpoint of a service in one region. It is written {@code region=uri}, because a map with region codes as
     * keys cannot be given as environment variables.
     */
    public record RegionEndpoint(RegionId region, URI uri) {

        /**
         * Reads {@code region=uri}, such as {@code us-east-1=http://127.0.0.1:9324}.
         *
         * @throws IllegalArgumentException when the text does not have this form
         */
        public static RegionEndpoint of(String text) {
            int equals = text.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("'" + text + "' does not have the form region=uri");
            }
            return new RegionEndpoint(
                    new RegionId(text.substring(0, equals).strip()),
                    URI.create(text.substring(equals + 1).strip()));
        }
    }
}
