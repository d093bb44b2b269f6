package io.renderfleet.cli;

import io.renderfleet.client.RenderfleetClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** A command that calls the service once and prints the answer. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
abstract class ServiceCommand implements Callable<Integer> {
    final Renderfleet root;

    ServiceCommand(Renderfleet root) {
        this.root = root;
    }

    @Override
    public final Integer call() throws InterruptedException {
        try (RenderfleetClient client = root.client()) {
            run(client);
        }
        return ExitCode.OK;
    }

    abstract void run(RenderfleetClient client) throws InterruptedException;
}
