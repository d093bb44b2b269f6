package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTests {
    private static final String TRANSACTION = """
            {'TransactItems':[
             {'Put':{'TableName':'things','Item':{'id':{'S':'a'},'n':{'N':'2'}}}},
             {'Delete':{'TableName':'things','Key':{'id':{'S':'b'}}}}]}""";

    @TempDir
    private Path directory;

    private Path file = Path.of("");
    private DynamoDbSettings settings = DynamoDbSettings.defaults();

    @BeforeEach
    void keepTables() {
        file = directory.resolve("dynamodb.journal");
        settings = settings.withDataDir(directory);
    }

    @Test
    void dropsRecordThatEndOfFileCutsOff() throws IOException {
        int complete = beforeTransaction();
        byte[] all = afterTransaction();

        for (int cut = complete; cut < all.length; cut++) {
            Files.write(file, Arrays.copyOf(all, cut));
            try (Calls calls = Calls.open(settings)) {
                assertThat(calls.ids()).as("cut at byte %d", cut).containsExactlyInAnyOrder("a", "b");
                assertThat(calls.get("a").path("n").path("N").asText()).isEqualTo("1");
            }
        }
    }

    @Test
    void recordsWrittenAfterATruncatedOneAreKept() throws IOException {
        int complete = beforeTransaction();
        Files.write(file, Arrays.copyOf(afterTransaction(), complete + 20));

        try (Calls calls = Calls.open(settings)) {
            calls.put("d", "");
        }
        try (Calls calls = Calls.open(settings)) {
            assertThat(calls.ids()).containsExactlyInAnyOrder("a", "b", "d");
            calls.call("TransactWriteItems", TRANSACTION);
            assertThat(calls.ids()).containsExactlyInAnyOrder("a", "d");
        }
    }

    @Test
    void transactionThatWasWrittenIsThereAsWhole() throws IOException {
        beforeTransaction();
        afterTransaction();

        try (Calls calls = Calls.open(settings)) {
            assertThat(calls.ids()).containsExactly("a");
            assertThat(calls.get("a").path("n").path("N").asText()).isEqualTo("2");
        }
    }

    @Test
    void anyChangedByteIsNoticedAndNothingIsStarted() throws IOException {
        beforeTransaction();
        byte[] all = afterTransaction();

        for (int at = 0; at < all.length; at++) {
            byte[] damaged = all.clone();
            damaged[at] ^= (byte) (1 << at % Byte.SIZE);
            Files.write(file, damaged);
            assertThatExceptionOfType(IOException.class)
                    .as("byte %d", at)
                    .isThrownBy(() -> DynamoDb.open(settings, DynamoDb.Hooks.none()))
                    .withMessageContaining(file.toString())
                    .withMessageContaining("is damaged at byte")
                    .withMessageContaining("restore it from a copy, or move it away to start without tables");
            assertThat(file).hasBinaryContent(damaged);
        }
        Files.write(file, all);
        assertThatNoException().isThrownBy(() -> Calls.open(settings).close());
    }

    @Test
    void directoryServesOneInstanceAtATime() throws IOException {
        try (Calls calls = Calls.open(settings)) {
            calls.call("CreateTable", Calls.THINGS);

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> DynamoDb.open(settings, DynamoDb.Hooks.none()))
                    .withMessageContaining("the directory " + directory + " is in use")
                    .withMessageContaining("choose another directory with --data-dir");
            calls.put("a", "");
        }
        try (Calls calls = Calls.open(settings)) {
            assertThat(calls.ids()).containsExactly("a");
        }
    }

    @Test
    void startShrinksJournalToWhatIsLeft() throws IOException {
        try (Calls calls = Calls.open(settings)) {
            calls.call("CreateTable", Calls.THINGS);
            for (int i = 0; i < 1000; i++) {
                calls.put("a", "'n':{'N':'" + i + "'}");
            }
        }
        long grown = Files.size(file);

        Calls.open(settings).close();
        long shrunk = Files.size(file);
        Calls.open(settings).close();

        assertThat(shrunk).isLessThan(grown / 50);
        assertThat(Files.size(file)).isEqualTo(shrunk);
        try (Calls calls = Calls.open(settings)) {
            assertThat(calls.get("a").path("n").path("N").asText()).isEqualTo("999");
        }
    }

    @Test
    void halfWrittenReplacementOfJournalIsIgnored() throws IOException {
        beforeTransaction();
        Files.write(directory.resolve("dynamodb.journal.new"), new byte[] {1, 2, 3});

        try (Calls calls = Calls.open(settings)) {
            assertThat(calls.ids()).containsExactlyInAnyOrder("a", "b");
        }
    }

    @Test
    void writeThatChangesNothingIsNotWritten() throws IOException {
        try (Calls calls = Calls.open(settings)) {
            calls.call("CreateTable", Calls.THINGS);
            calls.put("a", "");
            long size = Files.size(file);

            calls.put("a", "");
            calls.call("DeleteItem", "{'TableName':'things','Key':{'id':{'S':'b'}}}");

            assertThat(Files.size(file)).isEqualTo(size);
        }
    }

    @Test
    void closesAfterInterruptedWrite() throws IOException {
        try (Calls calls = Calls.open(settings)) {
            calls.call("CreateTable", Calls.THINGS);
            calls.put("a", "");

            // As the server does with requests that are under way when it stops.
            Thread.currentThread().interrupt();
            assertThat(calls.refused("PutItem", "{'TableName':'things','Item':{'id':{'S':'b'}}}")
                            .status())
                    .isEqualTo(500);
            assertThat(Thread.interrupted()).isTrue();
        }
        try (Calls calls = Calls.open(settings)) {
            assertThat(calls.ids()).containsExactly("a");
        }
    }

    /** Writes two items; returns the size of the journal. */
    private int beforeTransaction() throws IOException {
        try (Calls calls = Calls.open(settings)) {
            calls.call("CreateTable", Calls.THINGS);
            calls.put("a", "'n':{'N':'1'}");
            calls.put("b", "");
            return (int) Files.size(file);
        }
    }

    /** Adds a transaction as the last record; returns the journal. */
    private byte[] afterTransaction() throws IOException {
        try (Calls calls = Calls.open(settings)) {
            calls.call("TransactWriteItems", TRANSACTION);
        }
        return Files.readAllBytes(file);
    }
}
