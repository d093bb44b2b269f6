/** Refusals as clients see them: problem types, field errors, and the exception that carries them. */
@NullMarked
package io.renderfleet.problem;

import org.jspecify.annotations.NullMarked;
