package io.renderfleet.job;

import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class JobRecoveryOnLocalAwsTests extends JobRecoveryContract {
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
}
