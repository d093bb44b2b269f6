package io.renderfleet.cli;

import io.renderfleet.client.DesignPage;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.client.StoredDesign;
import io.renderfleet.report.TextTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands for designs. */
@Command(
        name = "designs",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Lists, shows, uploads and deletes designs.")
final class DesignCommands {
    private static final int PAGE = 100;
    private static final int MAX = 10_000;

    private DesignCommands() {}

    static CommandLine of(Renderfleet root) {
        return new CommandLine(new DesignCommands())
                .addSubcommand(new ListAll(root))
                .addSubcommand(new Show(root))
                .addSubcommand(new Upload(root))
                .addSubcommand(new Delete(root));
    }

    private static String details(StoredDesign design) {
        return "Design   " + Terminal.cell(design.designId()) + "\nStored   " + Jobs.time(design.storedAt())
                + "\nSize     " + design.bytes() + " bytes\nType     " + Terminal.cell(design.contentType())
                + "\nSHA-256  " + Terminal.cell(design.digest());
    }

    /** Lists the designs. */
    @Command(name = "list", aliases = "ls", description = "Lists the designs in the order of their ids, up to 10000.")
    private static final class ListAll extends ServiceCommand {
        @Option(
                names = {"-q", "--search"},
                paramLabel = "TEXT",
                description = "Only designs whose id contains this text, in upper or lower case.")
        private @Nullable String search;

        private ListAll(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            List<DesignPage.Entry> all = new ArrayList<>();
            String cursor = null;
            do {
                DesignPage page = client.designs(search, PAGE, cursor);
                all.addAll(page.items());
                cursor = page.next();
            } while (cursor != null && all.size() < MAX);
            TextTable table = new TextTable(List.of("DESIGN", "STORED"), Set.of());
            all.forEach(design -> table.row(List.of(Terminal.cell(design.designId()), Jobs.time(design.storedAt()))));
            root.result(
                    new DesignPage(all, cursor),
                    all.isEmpty()
                            ? search != null
                                    ? "No designs with this text."
                                    : "No designs. Upload one:  renderfleet designs upload FILE.glb"
                            : table.text().stripTrailing());
        }
    }

    /** Shows a design. */
    @Command(name = "show", description = "Shows a design.")
    private static final class Show extends ServiceCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The id of the design.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String designId;

        private Show(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            StoredDesign design = client.design(designId)
                    .orElseThrow(() -> new NotFoundException(
                            "There is no design " + designId + ". List them:  renderfleet designs list"));
            root.result(design, details(design));
        }
    }

    /** Uploads a design. */
    @Command(name = "upload", description = "Uploads a design, or replaces the one with the same id.")
    private static final class Upload extends ServiceCommand {
        @Parameters(index = "0", paramLabel = "FILE", description = "A design, .glb or .gltf.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private Path file;

        @Option(names = "--design", paramLabel = "ID", description = "Default: the name of FILE without its extension.")
        private @Nullable String designId;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private CommandSpec spec;

        private Upload(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            DesignFile design;
            try {
                design = DesignFile.of(file, designId);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), e.getMessage(), e);
            }
            StoredDesign stored = design.upload(client);
            root.result(stored, details(stored));
        }
    }

    /** Deletes a design. */
    @Command(
            name = "rm",
            aliases = "delete",
            description = "Deletes a design. Refused while open jobs need it, unless forced.")
    private static final class Delete extends ServiceCommand {
        /** What was deleted. */
        private record Deleted(String designId) {}

        @Parameters(index = "0", paramLabel = "ID", description = "The id of the design.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String designId;

        @Option(names = "--force", description = "Also if open jobs need it, which then fail.")
        private boolean force;

        private Delete(Renderfleet root) {
            super(root);
        }

        @Override
        void run(RenderfleetClient client) throws InterruptedException {
            client.deleteDesign(designId, force);
            root.result(new Deleted(designId), "Deleted the design " + designId);
        }
    }
}
