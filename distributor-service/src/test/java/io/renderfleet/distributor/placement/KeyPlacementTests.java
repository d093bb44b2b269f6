package io.renderfleet.distributor.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.region.RegionId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KeyPlacementTests {
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final RegionId OREGON = new RegionId("us-west-2");
    private static final RegionId CALIFORNIA = new RegionId("us-west-1");

    private static List<RegionLoad> regions(RegionId... open) {
        return List.of(EAST, OREGON, CALIFORNIA).stream()
                .map(region -> new RegionLoad(region, 3, List.of(open).contains(region) ? 10 : 0))
                .toList();
    }

    @Property
    void aKeyStaysWhereItIsWhileItsRegionIsOpen(@ForAll String key, @ForAll @IntRange(max = 2) int closed) {
        RegionId home = KeyPlacement.place(key, List.of(), regions(EAST, OREGON, CALIFORNIA))
                .orElseThrow();
        RegionId away = List.of(EAST, OREGON, CALIFORNIA).get(closed);
        RegionId[] open = List.of(EAST, OREGON, CALIFORNIA).stream()
                .filter(region -> !region.equals(away))
                .toArray(RegionId[]::new);
        RegionId then = KeyPlacement.place(key, List.of(), regions(open)).orElseThrow();
        if (!home.equals(away)) {
            assertThat(then).isEqualTo(home);
        } else {
            assertThat(then).isNotEqualTo(away);
        }
    }

    @Test
    void spreadsKeysOverTheRegions() {
        Map<RegionId, Long> counts = IntStream.range(0, 3000)
                .mapToObj(i -> KeyPlacement.place("user\0shoe-" + i, List.of(), regions(EAST, OREGON, CALIFORNIA))
                        .orElseThrow())
                .collect(Collectors.groupingBy(region -> region, Collectors.counting()));
        assertThat(counts.values())
                .hasSize(3)
                .allSatisfy(count -> assertThat(count).isBetween(850L, 1150L));
    }

    @Test
    void goesOnlyWhereTheJobMayRunAndThereIsRoom() {
        assertThat(KeyPlacement.place("k", List.of(OREGON), regions(EAST, OREGON)))
                .contains(OREGON);
        assertThat(KeyPlacement.place("k", List.of(OREGON), regions(EAST))).isEqualTo(Optional.empty());
    }
}
