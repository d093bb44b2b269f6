package io.renderfleet.jobtype.render.request;

import io.renderfleet.identity.Library;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.JobType;
import io.renderfleet.jobtype.JobType.PayloadSource;
import io.renderfleet.jobtype.render.RenderPayload;
import io.renderfleet.jobtype.render.design.DesignDigests;
import io.renderfleet.jobtype.render.design.DesignId;
import io.renderfleet.jobtype.render.design.DesignProblems;
import io.renderfleet.jobtype.render.request.RenderRequest.CameraRequest;
import io.renderfleet.jobtype.render.request.RenderRequest.OutputRequest;
import io.renderfleet.jobtype.render.request.RenderRequest.VectorRequest;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Violations;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The job type {@code render} in the API: validates requests, applies defaults and resolves the design's digest. */
final class RenderJobType implements JobType<RenderRequest> {
    private static final RenderPayload.Vector UP = new RenderPayload.Vector(0, 1, 0);
    private static final double DEFAULT_FOV = 45;
    private static final int DEFAULT_WIDTH = 640;
    private static final int DEFAULT_HEIGHT = 360;
    private static final int DEFAULT_SAMPLES = 64;

    private final DesignDigests designs;

    RenderJobType(DesignDigests designs) {
        this.designs = designs;
    }

    @Override
    public JobTypeName name() {
        return RenderPayload.TYPE;
    }

    @Override
    public PoolName pool() {
        return RenderPayload.POOL;
    }

    @Override
    public Class<RenderRequest> requestType() {
        return RenderRequest.class;
    }

    @Override
    public boolean isDefault() {
        return true;
    }

    @Override
    public @Nullable PayloadSource prepare(RenderRequest request, Violations violations) {
        RenderPayload.Camera camera = camera(request.camera(), violations);
        if (camera == null || request.designId() == null || !violations.isEmpty()) {
            return null;
        }
        DesignId design = new DesignId(request.designId());
        RenderPayload.Output output = output(request.output());
        RenderPayload.Environment environment = environment(request.environment());
        return owner -> payload(owner, design, camera, output, environment);
    }

    private JobPayload payload(
            UserId owner,
            DesignId design,
            RenderPayload.Camera camera,
            RenderPayload.Output output,
            RenderPayload.Environment environment) {
        String digest = designs.find(Library.of(owner), design)
                .orElseThrow(() -> ProblemException.of(
                        DesignProblems.NAMED_NOT_FOUND,
                        "There is no design " + design + ". Upload it with PUT /designs/" + design
                                + ", then submit the job again.",
                        new FieldError("designId", "is not the id of a stored design")));
        return RenderPayload.FORMAT.write(new RenderPayload(design, digest, camera, output, environment));
    }

    @Override
    public Optional<String> subjectField() {
        return Optional.of("designId");
    }

    @Override
    public List<ProblemType> submissionProblems() {
        return List.of(DesignProblems.NAMED_NOT_FOUND);
    }

    @Override
    public List<ProblemType> problems() {
        return DesignProblems.ALL;
    }

    @Override
    public List<RequestExample> examples() {
        return List.of(new RequestExample("shortest", """
            {
              "designId": "test-design-1",
              "userId": "user-1",
              "camera": {"position": {"x": 0, "y": 1, "z": 4}, "target": {"x": 0, "y": 1, "z": 0}}
            }\
            """), new RequestExample("everything", """
                    {
                      "type": "render",
                      "jobId": "6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31",
                      "designId": "test-design-1",
                      "userId": "user-1",
                      "camera": {
                        "position": {"x": 0, "y": 1, "z": 4},
                        "target": {"x": 0, "y": 1, "z": 0},
                        "up": {"x": 0, "y": 1, "z": 0},
                        "fov": 45
                      },
                      "output": {"width": 640, "height": 360, "samplesPerPixel": 64, "format": "png"},
                      "environment": "default",
                      "name": "Chair from the front",
                      "labels": {"shoot": "spring"},
                      "priority": "NORMAL",
                      "orderingKey": "shoot-7",
                      "regions": ["us-east-1", "us-west-2"],
                      "startWithin": "PT10M",
                      "timeout": "PT30M",
                      "maxAttempts": 5
                    }\
                    """));
    }

    private static RenderPayload.@Nullable Camera camera(@Nullable CameraRequest camera, Violations violations) {
        if (camera == null) {
            return null;
        }
        RenderPayload.Vector position = vector(camera.position());
        RenderPayload.Vector target = vector(camera.target());
        RenderPayload.Vector up = camera.up() == null ? UP : vector(camera.up());
        if (position == null || target == null || up == null) {
            return null;
        }
        ViewGeometry.check(position, target, up, violations);
        return new RenderPayload.Camera(position, target, up, Objects.requireNonNullElse(camera.fov(), DEFAULT_FOV));
    }

    private static RenderPayload.@Nullable Vector vector(@Nullable VectorRequest vector) {
        return vector == null || vector.x() == null || vector.y() == null || vector.z() == null
                ? null
                : new RenderPayload.Vector(vector.x(), vector.y(), vector.z());
    }

    private static RenderPayload.Output output(@Nullable OutputRequest output) {
        if (output == null) {
            return new RenderPayload.Output(DEFAULT_WIDTH, DEFAULT_HEIGHT, DEFAULT_SAMPLES, RenderPayload.Format.PNG);
        }
        return new RenderPayload.Output(
                Objects.requireNonNullElse(output.width(), DEFAULT_WIDTH),
                Objects.requireNonNullElse(output.height(), DEFAULT_HEIGHT),
                Objects.requireNonNullElse(output.samplesPerPixel(), DEFAULT_SAMPLES),
                output.format() == null
                        ? RenderPayload.Format.PNG
                        : RenderPayload.Format.valueOf(output.format().toUpperCase(Locale.ROOT)));
    }

    private static RenderPayload.Environment environment(@Nullable String environment) {
        return environment == null
                ? RenderPayload.Environment.DEFAULT
                : RenderPayload.Environment.valueOf(environment.toUpperCase(Locale.ROOT));
    }
}
