package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import io.renderfleet.region.RegionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The artifacts in an item of a job: a map by name with about 100 bytes for each, and no attribute when there are none.
 */
final class StoredArtifacts {
    private static final String ATTEMPT = "n";
    private static final String ID = "id";
    private static final String BYTES = "bytes";

    private StoredArtifacts() {}

    /** The artifacts, sorted by name. */
    static List<Artifact> in(Map<String, AttributeValue> item) {
        AttributeValue artifacts = item.get(JobItem.ARTIFACTS);
        return artifacts == null
                ? List.of()
                : artifacts.m().entrySet().stream()
                        .map(entry -> read(entry.getKey(), entry.getValue().m()))
                        .sorted(Comparator.comparing(Artifact::name))
                        .toList();
    }

    private static Artifact read(String name, Map<String, AttributeValue> map) {
        return new Artifact(
                new ArtifactName(name),
                JobItem.integer(map, ATTEMPT),
                new FileId(JobItem.text(map, ID)),
                new RegionId(JobItem.text(map, JobItem.REGION)),
                JobItem.number(map, BYTES),
                JobItem.text(map, JobItem.CONTENT_TYPE));
    }

    /** Adds the artifacts of the running attempt. No other writer changes them while the claimant has the lease. */
    static ConditionalUpdate keep(ConditionalUpdate update, Job claimed, List<Artifact> made) {
        return made.isEmpty() ? update : update.set(JobItem.ARTIFACTS, write(merged(claimed.artifacts(), made)));
    }

    /** As {@link #keep}, when the attempt ends: without its preview. */
    static ConditionalUpdate keepAtEnd(ConditionalUpdate update, Job claimed, List<Artifact> made) {
        if (Stream.concat(claimed.artifacts().stream(), made.stream()).noneMatch(StoredArtifacts::isPreview)) {
            return keep(update, claimed, made);
        }
        List<Artifact> lasting = merged(claimed.artifacts(), made).stream()
                .filter(artifact -> !isPreview(artifact))
                .toList();
        return lasting.isEmpty() ? update.remove(JobItem.ARTIFACTS) : update.set(JobItem.ARTIFACTS, write(lasting));
    }

    private static boolean isPreview(Artifact artifact) {
        return artifact.name().equals(Artifact.PREVIEW);
    }

    private static AttributeValue write(List<Artifact> artifacts) {
        Map<String, AttributeValue> map = new HashMap<>();
        artifacts.forEach(artifact -> map.put(artifact.name().value(), write(artifact)));
        return fromM(map);
    }

    private static AttributeValue write(Artifact artifact) {
        Map<String, AttributeValue> map = new HashMap<>();
        map.put(ATTEMPT, JobItem.number(artifact.attempt()));
        map.put(ID, fromS(artifact.id().value()));
        map.put(JobItem.REGION, fromS(artifact.region().value()));
        map.put(BYTES, JobItem.number(artifact.bytes()));
        map.put(JobItem.CONTENT_TYPE, fromS(artifact.contentType()));
        return fromM(map);
    }

    /**
     * The newest artifact of each name. When there are more than {@link Artifact#MAX_NAMES}, those of the oldest
     * attempts are omitted.
     *
     * @param before the artifacts of earlier attempts
     * @param made the artifacts of the running attempt, each name once
     * @return sorted by name
     */
    private static List<Artifact> merged(Collection<Artifact> before, Collection<Artifact> made) {
        List<Artifact> newestFirst = new ArrayList<>(made);
        before.stream()
                .sorted(Comparator.comparingInt(Artifact::attempt).reversed().thenComparing(Artifact::name))
                .forEach(newestFirst::add);
        Set<ArtifactName> seen = new HashSet<>();
        return newestFirst.stream()
                .filter(artifact -> seen.add(artifact.name()))
                .limit(Artifact.MAX_NAMES)
                .sorted(Comparator.comparing(Artifact::name))
                .toList();
    }
}
