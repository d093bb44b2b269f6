package io.renderfleet.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.client.AcceptedJob;
import io.renderfleet.client.JobRequest;
import io.renderfleet.client.RenderfleetClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Submits a job, and waits for it if asked to. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Submits a job: a render of a design, or with --request or --param a job of any type.",
        footer = {
            "",
            "Examples:",
            "  renderfleet submit chair.glb --camera 5,3,5 --wait -o chair.png",
            "  renderfleet submit --design test-design-1 --camera 5,3,5 --samples 16",
            "  renderfleet submit --type inference --request question.json --wait"
        })
final class SubmitCommand implements Callable<Integer> {
    private final Renderfleet root;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FILE",
            description = "A design, .glb or .gltf. It is uploaded unless the service has the same file.")
    private @Nullable Path file;

    @Option(
            names = "--design",
            paramLabel = "ID",
            description = "The id of the design. Default: the name of FILE without its extension.")
    private @Nullable String design;

    @Mixin
    private RequestOptions options = new RequestOptions();

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "The same command with the same key again does not submit another job.")
    private @Nullable String idempotencyKey;

    @Mixin
    private WaitOptions wait = new WaitOptions();

    @Option(
            names = "--wait",
            description = "Wait for the end of the job, and show its progress. Ctrl-C stops waiting, not the job.")
    private boolean waits;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "Where the result is written. Implies --wait.")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private CommandSpec spec;

    SubmitCommand(Renderfleet root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        Terminal terminal = root.terminal();
        DesignFile upload;
        ObjectNode body;
        JobRequest request;
        try {
            upload = file == null ? null : DesignFile.of(file, design);
            body = options.request(upload == null ? design : upload.designId());
            String user = root.user();
            if (user != null && !body.has("userId")) {
                body.put("userId", user);
            }
            request = new JobRequest(idempotencyKey, Map.of(), body);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (upload == null && !body.has("designId") && !body.has("type")) {
            throw new ParameterException(
                    spec.commandLine(), "Give the FILE of a design, --design, or --request or --type for another job.");
        }
        try (RenderfleetClient client = root.client()) {
            if (upload != null) {
                String id = upload.designId();
                upload.uploadIfNeeded(client)
                        .ifPresentOrElse(
                                stored -> terminal.note(
                                        "Uploaded " + file + " as design " + id + ", " + stored.bytes() + " bytes"),
                                () -> terminal.note("The service has " + file + " as design " + id));
            }
            AcceptedJob accepted = client.submit(request);
            if (!waits && out == null) {
                terminal.note((accepted.replayed() ? "This job was submitted before. " : "")
                        + "Wait for it:  renderfleet watch " + accepted.jobId());
                root.result(accepted, accepted.jobId());
                return ExitCode.OK;
            }
            terminal.note("Submitted job " + accepted.jobId());
            return wait.finish(root, client, accepted.jobId(), out);
        }
    }
}
