package io.renderfleet.job;

import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class JobStoreOnLocalAwsTests extends JobStoreContract {
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
    protected JobStore store(Clock clock) {
        return new JobStore(tables.database(clock));
    }

    @Override
    protected JobHistory history(Clock clock) {
        return tables.history(clock);
    }
}
