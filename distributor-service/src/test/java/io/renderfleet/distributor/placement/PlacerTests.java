package io.renderfleet.distributor.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.renderfleet.region.RegionId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PlacerTests {
    private static final List<RegionId> REGIONS = IntStream.rangeClosed(1, 6)
            .mapToObj(i -> new RegionId("us-east-" + i))
            .toList();
    private static final long ROOMY = 1_000_000;

    private final Placer inverse = new Placer(StandardPolicy.INVERSE_LOAD);

    @Example
    void fifteenJobsFollowTheInverseOfTheDepth() {
        assertThat(split(inverse, 15, 1, 0, 1)).containsExactly(4L, 7L, 4L); // 25, 50 and 25 %
    }

    @Example
    void thirtyJobsFollowTheInverseOfTheDepth() {
        assertThat(split(inverse, 30, 5, 2, 3)).containsExactly(7L, 13L, 10L); // 22, 44 and 33 %
    }

    @Example
    void roundRobinTakesTurnsWhateverTheDepth() {
        Placer placer = new Placer(StandardPolicy.ROUND_ROBIN);
        List<RegionLoad> loads = loads(0, 700, 3);
        List<Optional<RegionId>> turns = new ArrayList<>();
        Credits credits = Credits.none();
        for (int i = 0; i < 6; i++) {
            Plan plan = placer.place(loads, List.of(List.of()), credits);
            turns.addAll(plan.regions());
            credits = plan.credits();
        }
        assertThat(turns.subList(0, 3)).doesNotHaveDuplicates().isEqualTo(turns.subList(3, 6));
    }

    @Example
    void fillsARegionToItsLimitAndNotOneJobFurther() {
        List<RegionLoad> loads =
                List.of(new RegionLoad(REGIONS.get(0), 4997, 3), new RegionLoad(REGIONS.get(1), 5000, 0));
        Plan plan = inverse.place(loads, anywhere(5), Credits.none());
        assertThat(plan.regions().stream().filter(Optional::isPresent)).hasSize(3);
        assertThat(plan.regions().subList(3, 5)).containsOnly(Optional.empty());
    }

    @Property
    void placesOnlyWhereThereIsRoomAndLeaveAndAlwaysThen(
            @ForAll("anyLoads") List<RegionLoad> loads,
            @ForAll("anyJobs") List<List<RegionId>> jobs,
            @ForAll("anyCredits") Credits credits) {
        Plan plan = inverse.place(loads, jobs, credits);

        Map<RegionId, Long> room = new HashMap<>();
        loads.forEach(load -> room.put(load.region(), load.room()));
        for (int i = 0; i < jobs.size(); i++) {
            List<RegionId> allowed = jobs.get(i);
            boolean placeable = room.entrySet().stream()
                    .anyMatch(region ->
                            region.getValue() > 0 && (allowed.isEmpty() || allowed.contains(region.getKey())));
            Optional<RegionId> placed = plan.regions().get(i);
            assertThat(placed.isPresent()).isEqualTo(placeable);
            placed.ifPresent(region -> {
                assertThat(allowed.isEmpty() || allowed.contains(region)).isTrue();
                assertThat(room.merge(region, -1L, Long::sum)).isNotNegative();
            });
        }
    }

    @Property
    void staysWithinOneJobOfTheIdealSplit(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 5000) Integer> depths,
            @ForAll @IntRange(min = 1, max = 300) int jobs) {
        List<RegionLoad> loads = loads(depths);
        assertWithinOne(loads, jobs, counts(inverse.place(loads, anywhere(jobs), Credits.none())));
    }

    @Property
    void singleJobsFollowTheWeightsAsWellAsOneBatchDoes(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 5000) Integer> depths,
            @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 12) Integer> batches) {
        List<RegionLoad> loads = loads(depths);
        Credits credits = Credits.none();
        Map<RegionId, Long> total = new HashMap<>();
        int jobs = 0;
        for (int batch : batches) {
            Plan plan = inverse.place(loads, anywhere(batch), credits);
            credits = plan.credits();
            counts(plan).forEach((region, count) -> total.merge(region, count, Long::sum));
            jobs += batch;
        }
        assertWithinOne(loads, jobs, total);
    }

    @Property
    void aLighterLoadedRegionNeverGetsFewer(
            @ForAll @Size(min = 2, max = 6) List<@IntRange(max = 5000) Integer> depths,
            @ForAll @IntRange(min = 1, max = 300) int jobs) {
        List<RegionLoad> loads = loads(depths);
        Map<RegionId, Long> counts = counts(inverse.place(loads, anywhere(jobs), Credits.none()));
        for (RegionLoad lighter : loads) {
            for (RegionLoad heavier : loads) {
                if (lighter.depth() < heavier.depth()) {
                    assertThat(counts.getOrDefault(lighter.region(), 0L))
                            .isGreaterThanOrEqualTo(counts.getOrDefault(heavier.region(), 0L));
                }
            }
        }
    }

    @Property
    void theSameQuestionGetsTheSameAnswerInWhateverOrderRegionsAreNamed(
            @ForAll("anyLoads") List<RegionLoad> loads, @ForAll("anyJobs") List<List<RegionId>> jobs) {
        List<RegionLoad> reversed = new ArrayList<>(loads);
        Collections.reverse(reversed);
        assertThat(inverse.place(loads, jobs, Credits.none())).isEqualTo(inverse.place(reversed, jobs, Credits.none()));
    }

    @Provide
    Arbitrary<List<RegionLoad>> anyLoads() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 6000),
                        Arbitraries.longs().between(0, 8))
                .as((depth, room) -> new long[] {depth, room})
                .list()
                .ofMaxSize(REGIONS.size())
                .map(values -> IntStream.range(0, values.size())
                        .mapToObj(i -> new RegionLoad(REGIONS.get(i), values.get(i)[0], values.get(i)[1]))
                        .toList());
    }

    @Provide
    Arbitrary<List<List<RegionId>>> anyJobs() {
        return Arbitraries.of(REGIONS)
                .list()
                .uniqueElements()
                .ofMaxSize(3)
                .list()
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<Credits> anyCredits() {
        return Arbitraries.maps(Arbitraries.of(REGIONS), Arbitraries.doubles().between(-1, 1))
                .map(Credits::new);
    }

    private static void assertWithinOne(List<RegionLoad> loads, int jobs, Map<RegionId, Long> counts) {
        double weights =
                loads.stream().mapToDouble(StandardPolicy.INVERSE_LOAD::weight).sum();
        for (RegionLoad load : loads) {
            double ideal = jobs * StandardPolicy.INVERSE_LOAD.weight(load) / weights;
            assertThat((double) counts.getOrDefault(load.region(), 0L)).isCloseTo(ideal, within(1.0));
        }
    }

    private static List<Long> split(Placer placer, int jobs, Integer... depths) {
        Map<RegionId, Long> counts = counts(placer.place(loads(depths), anywhere(jobs), Credits.none()));
        return IntStream.range(0, depths.length)
                .mapToObj(i -> counts.getOrDefault(REGIONS.get(i), 0L))
                .toList();
    }

    private static List<RegionLoad> loads(Integer... depths) {
        return loads(List.of(depths));
    }

    private static List<RegionLoad> loads(List<Integer> depths) {
        return IntStream.range(0, depths.size())
                .mapToObj(i -> new RegionLoad(REGIONS.get(i), depths.get(i), ROOMY))
                .toList();
    }

    private static List<List<RegionId>> anywhere(int jobs) {
        return Collections.nCopies(jobs, List.of());
    }

    private static Map<RegionId, Long> counts(Plan plan) {
        Map<RegionId, Long> counts = new HashMap<>();
        plan.regions().stream().flatMap(Optional::stream).forEach(region -> counts.merge(region, 1L, Long::sum));
        return counts;
    }
}
