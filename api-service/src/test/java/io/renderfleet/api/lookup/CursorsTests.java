package io.renderfleet.api.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.JobHistory.Position;
import io.renderfleet.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

class CursorsTests {
    private static final String SECRET = "a secret of thirty-two characters or more";
    private static final String QUERY = "user-1\n\n";

    private final Cursors cursors = cursors(SECRET);

    @Property
    void readsWhatItWrote(
            @ForAll @LongRange(min = 0, max = 253402300799999L) long millis, @ForAll long high, @ForAll long low) {
        Position position = new Position(Instant.ofEpochMilli(millis), new JobId(new UUID(high, low)));

        assertThat(cursors(SECRET).read(cursors.write(position, QUERY), QUERY)).contains(position);
    }

    @Property
    void readsNothingThatWasChanged(@ForAll @IntRange(max = 52) int place, @ForAll char other) {
        String cursor = cursors.write(new Position(Instant.ofEpochMilli(1_800_000_000_000L), JobId.random()), QUERY);
        String changed = cursor.substring(0, place) + other + cursor.substring(place + 1);

        assertThat(cursors.read(changed, QUERY).isPresent()).isEqualTo(changed.equals(cursor));
    }

    @Property(tries = 50)
    void readsNothingOfAnotherSecretOrListing(@ForAll @StringLength(max = 80) String anything) {
        String cursor = cursors.write(new Position(Instant.EPOCH, JobId.random()), QUERY);

        assertThat(cursors(SECRET + "!").read(cursor, QUERY)).isEmpty();
        assertThat(cursors.read(cursor, "user-2\n\n")).isEmpty();
        assertThat(cursors.read(cursor, "user-1\n1970-01-01T00:00:00Z\n")).isEmpty();
        assertThat(cursors.read(anything, QUERY)).isEmpty();
    }

    private static Cursors cursors(String secret) {
        return new Cursors(new LookupSettings(secret, Duration.ofMinutes(15), Duration.ofSeconds(1)));
    }
}
