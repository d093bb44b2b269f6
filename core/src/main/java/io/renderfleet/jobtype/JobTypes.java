package io.renderfleet.jobtype;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The job types that an API service accepts, by name. A service that wants types defines a bean of this class; the
 * modules of the types then add theirs.
 */
public final class JobTypes {
    private final TreeMap<String, JobType<?>> types = new TreeMap<>();
    private final @Nullable JobType<?> byDefault;

    /** @throws IllegalStateException when two types have one name, or two are the default */
    public JobTypes(List<? extends JobType<?>> all) {
        List<JobType<?>> defaults = new ArrayList<>();
        for (JobType<?> type : all) {
            if (types.put(type.name().value(), type) != null) {
                throw new IllegalStateException("two job types have the name " + type.name());
            }
            if (type.isDefault()) {
                defaults.add(type);
            }
        }
        if (defaults.size() > 1) {
            throw new IllegalStateException("only one job type can be the default: "
                    + defaults.stream().map(JobType::name).toList());
        }
        byDefault = defaults.isEmpty() ? null : defaults.getFirst();
    }

    /** In the order of their names. */
    public List<JobType<?>> all() {
        return List.copyOf(types.values());
    }

    /** The type of this name, which may be any text of a client; empty when there is none. */
    public Optional<JobType<?>> find(String name) {
        return Optional.ofNullable(types.get(name));
    }

    /** The type of a request that names none; empty when each has to name one. */
    public Optional<JobType<?>> byDefault() {
        return Optional.ofNullable(byDefault);
    }
}
