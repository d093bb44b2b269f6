package io.renderfleet.cli;

import io.renderfleet.client.Job;
import io.renderfleet.client.Job.Status;
import io.renderfleet.report.TextTable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Texts that show jobs. */
final class Jobs {
    private static final int LONGEST_NAME = 30;

    private Jobs() {}

    static int exitCode(Job job) {
        return !job.status().isTerminal() || job.status() == Status.COMPLETED
                ? ExitCode.OK
                : ExitCode.JOB_NOT_COMPLETED;
    }

    /** One line about a job that is over. */
    static String outcome(Job job) {
        StringBuilder text = new StringBuilder(job.status().toString());
        Instant finished = job.finishedAt();
        if (finished != null) {
            text.append(" after ").append(seconds(job.createdAt(), finished));
        }
        if (job.region() != null) {
            text.append(" in ").append(job.region());
        }
        if (job.error() != null) {
            text.append(": ")
                    .append(job.error().message())
                    .append(" (")
                    .append(job.error().code())
                    .append(')');
        }
        return text.toString();
    }

    /** @param ofAll whether the jobs are of different users */
    static String table(List<Job> jobs, boolean ofAll) {
        List<String> columns = new ArrayList<>(List.of("JOB", "NAME"));
        if (ofAll) {
            columns.add("USER");
        }
        columns.addAll(List.of("TYPE", "STATUS", "PROGRESS", "REGION", "CREATED", "TOOK"));
        TextTable table = new TextTable(columns, Set.of(columns.indexOf("PROGRESS")));
        for (Job job : jobs) {
            List<String> row = new ArrayList<>(List.of(Terminal.cell(job.jobId()), name(job)));
            if (ofAll) {
                row.add(Terminal.cell(Objects.requireNonNullElse(job.userId(), "-")));
            }
            row.addAll(List.of(
                    Terminal.cell(job.type()),
                    job.status().toString(),
                    job.progress() + " %",
                    Terminal.cell(Objects.requireNonNullElse(job.region(), "-")),
                    time(job.createdAt()),
                    seconds(job.createdAt(), job.finishedAt())));
            table.row(row);
        }
        return table.text().stripTrailing();
    }

    /** What a person calls the job: its name, or else its design. */
    private static String name(Job job) {
        Object name = job.fields().getOrDefault("name", job.fields().getOrDefault("designId", "-"));
        String text = Terminal.cell(String.valueOf(name));
        return text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME - 1) + "…";
    }

    /** Everything that a person wants to know about one job. */
    static String details(Job job) {
        StringBuilder text = new StringBuilder();
        line(text, "Job", job.jobId());
        line(text, "Type", job.type());
        line(text, "User", job.userId());
        line(text, "Status", job.status() + (job.cancelRequested() ? ", is being cancelled" : ""));
        line(text, "Progress", job.progress() + " %");
        line(text, "Priority", job.priority());
        line(text, "Ordering key", job.orderingKey());
        line(text, "Region", job.region());
        line(text, "Created", time(job.createdAt()));
        line(text, "Started", job.startedAt() == null ? null : time(job.startedAt()));
        line(text, "Finished", job.finishedAt() == null ? null : time(job.finishedAt()));
        Job.Failure error = job.error();
        line(text, "Error", error == null ? null : error.code() + ": " + error.message());
        Job.Result result = job.result();
        line(text, "Result", result == null ? null : result.bytes() + " bytes, " + result.contentType());
        job.artifacts().forEach(file -> line(text, "Artifact", file.name() + ", " + file.bytes() + " bytes"));
        job.attempts()
                .forEach(attempt -> line(
                        text,
                        "Attempt " + attempt.number(),
                        attempt.outcome() + " after " + seconds(attempt.startedAt(), attempt.endedAt())
                                + (attempt.region() == null ? "" : " in " + attempt.region())
                                + (attempt.error() == null
                                        ? ""
                                        : ": " + attempt.error().message())));
        for (Map.Entry<String, Object> field : job.fields().entrySet()) {
            if (!field.getKey().equals("links")) {
                line(text, field.getKey(), String.valueOf(field.getValue()));
            }
        }
        return text.toString().stripTrailing();
    }

    private static void line(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append("%-14s %s%n".formatted(Terminal.cell(name), Terminal.cell(value)));
        }
    }

    static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static String seconds(Instant from, @Nullable Instant to) {
        return to == null ? "-" : "%.1f s".formatted(Duration.between(from, to).toMillis() / 1000.0);
    }
}
