package io.renderfleet.blob;

import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.Job;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The names under which browsers save the files of jobs: what users call the job, or else what it is about, or else its
 * id. Names come from users, so they get only what is safe in a file name on every operating system.
 */
final class FileNames {
    /** A file name has at most 255 bytes on most file systems; an extension or the name of an artifact follows. */
    private static final int MAX_BYTES = 160;

    private FileNames() {}

    /** The name of a result. */
    static String ofResult(Job job, String extension) {
        return base(job) + "." + extension;
    }

    /** The name of an artifact. */
    static String ofArtifact(Job job, ArtifactName artifact) {
        return base(job) + "-" + artifact.value();
    }

    private static String base(Job job) {
        String wanted =
                job.tags().name() != null ? job.tags().name() : job.tags().subject();
        String safe = safe(Objects.requireNonNullElse(wanted, ""));
        return safe.isEmpty() ? job.id().toString() : safe;
    }

    /**
     * The name without characters that separate paths or that Windows reserves, which become underscores, and without
     * dots and blanks at both ends: a leading dot hides a file, and Windows drops the others.
     */
    private static String safe(String name) {
        StringBuilder safe = new StringBuilder();
        int bytes = 0;
        for (int character : name.codePoints().toArray()) {
            int kept = isSafe(character) ? character : '_';
            bytes += Character.toString(kept).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_BYTES) {
                break;
            }
            safe.appendCodePoint(kept);
        }
        return safe.toString().replaceAll("^[.\\s]+|[.\\s]+$", "");
    }

    private static boolean isSafe(int character) {
        return "/\\:*?\"<>|".indexOf(character) < 0
                && switch (Character.getType(character)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> false;
                    default -> true;
                };
    }
}
