package io.renderfleet.chaos;

import java.time.Instant;
import java.util.List;

/** What a planned job does, and how it is submitted. */
sealed interface Work {
    /** The questions to the model, one for each task; empty for a job that asks none. */
    default List<String> questions() {
        return List.of();
    }

    /** The id of the task with this index. */
    static String taskId(int index) {
        return "task-" + (index + 1);
    }

    /**
     * A picture.
     *
     * @param design the id of a sample design
     * @param width of the picture in pixels, which decides how long the job runs
     */
    record Render(String design, int width, int samples) implements Work {}

    /** An inference job, submitted with the other jobs. */
    record Inference(List<String> questions) implements Work {
        public Inference {
            questions = List.copyOf(questions);
        }
    }

    /**
     * An event of a camera, which becomes an inference job.
     *
     * @param at together with the camera, identifies the event
     */
    record Event(String camera, Instant at, List<String> questions) implements Work {
        public Event {
            questions = List.copyOf(questions);
        }
    }
}
