package io.renderfleet.jobtype;

/** This worker cannot read a job's payload. A newer one may: the job is released at no charge. */
public final class UnreadablePayloadException extends RuntimeException {
    public UnreadablePayloadException(String message) {
        super(message);
    }
}
