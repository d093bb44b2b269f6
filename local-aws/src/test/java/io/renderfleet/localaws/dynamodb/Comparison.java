package io.renderfleet.localaws.dynamodb;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Shrinkable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;

/** Sends requests to two servers and compares their answers. */
final class Comparison {
    private static final Duration LONGEST_SHRINKING = Duration.ofMinutes(1);

    private final DynamoDbClient ours;
    private final DynamoDbClient theirs;
    private int answers;

    Comparison(DynamoDbClient ours, DynamoDbClient theirs) {
        this.ours = ours;
        this.theirs = theirs;
    }

    /** How many answers have been compared. */
    int answers() {
        return answers;
    }

    /** The first answers that differ, or the content of a table in the end; of tables that are empty at first. */
    Optional<String> difference(List<DynamoDbRequest> sequence) {
        TestTables.recreate(ours);
        TestTables.recreate(theirs);
        Stream<DynamoDbRequest> content = TestTables.NAMES.stream()
                .map(table -> ScanRequest.builder().tableName(table).build());
        return Stream.concat(sequence.stream(), content)
                .flatMap(request -> difference(request).stream())
                .findFirst();
    }

    /** The shortest sequence that was found within some time, and its difference. */
    String shrunk(Shrinkable<List<DynamoDbRequest>> sequence) {
        Instant deadline = Instant.now().plus(LONGEST_SHRINKING);
        var smallest = sequence;
        Optional<Shrinkable<List<DynamoDbRequest>>> smaller = Optional.of(sequence);
        while (smaller.isPresent()) {
            smallest = smaller.get();
            smaller = smallest.shrink()
                    .takeWhile(candidate -> Instant.now().isBefore(deadline))
                    .filter(candidate -> difference(candidate.value()).isPresent())
                    .findFirst();
        }
        String requests = smallest.value().stream().map(Object::toString).collect(Collectors.joining("\n"));
        return requests + "\n" + difference(smallest.value()).orElse("The difference does not come back.");
    }

    private Optional<String> difference(DynamoDbRequest request) {
        answers++;
        Map<String, Object> our = Answers.of(ours, request);
        Map<String, Object> their = Answers.ofChangeReporter(theirs, request);
        return our.equals(their) ? Optional.empty() : Optional.of("ours: " + our + "\nmoto: " + their);
    }
}
