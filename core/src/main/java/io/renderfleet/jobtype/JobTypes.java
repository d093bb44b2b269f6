package io.renderfleet.jobtype;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The job types that an API service accepts, by name. A service that accepts jobs defines a bean of this class, which
 * makes the modules of the job types define theirs.
 */
public final class JobTypes {
    private final TreeMap<String, JobType<?>> types = new TreeMap<>();
    private final @Nullable JobType<?> byDefault;

    /** @throws IllegalStateException when two types have the same name, or more than one is the default */
    public JobTypes(List<? extends JobType<?>> all) {
        List<JobType<?>> defaults = new ArrayList<>();
        for (JobType<?> type : all) {
            if (types.put(type.name().value(), type) != null) {
                throw new IllegalStateException("Two job types have the name " + type.name());
            }
            if (type.isDefault()) {
                defaults.add(type);
            }
        }
        if (defaults.size() > 1) {
            throw new IllegalStateException("Only one job type can be the default: "
                    + defaults.stream().map(JobType::name).toList());
        }
        byDefault = defaults.isEmpty() ? null : defaults.getFirst();
    }

    /** All types, sorted by name. */
    public List<JobType<?>> all() {
        return List.copyOf(types.values());
    }

    /** The fields by which {@link JobType#subjectField} says what jobs are about, sorted. */
    public SortedSet<String> subjectFields() {
        return types.values().stream()
                .flatMap(type -> type.subjectField().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The type with this name, which may be any text that a client sent; empty when there is none. */
    public Optional<JobType<?>> find(String name) {
        return Optional.ofNullable(types.get(name));
    }

    /** The type of a request that names none; empty when every request must name one. */
    public Optional<JobType<?>> byDefault() {
        return Optional.ofNullable(byDefault);
    }
}
