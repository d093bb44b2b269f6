package io.renderfleet.job;

import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class JobControlOnLocalAwsTests extends JobControlContract {
    private static LocalTables tables;

    @BeforeAll
    static void start() {
        tables = new LocalTables();
    }

    @AfterAll
    static void stop() {
        tables.close();
    }

    @Override
    protected JobDatabase database(Clock clock) {
        return tables.database(clock);
    }

    @Override
    protected JobHistory history(Clock clock) {
        return tables.history(clock);
    }
}
