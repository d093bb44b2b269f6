/** The job type {@code inference}: questions to a language model, answered through a pool of API keys. */
@NullMarked
package io.renderfleet.jobtype.inference;

import org.jspecify.annotations.NullMarked;
