/** Answers of models that are kept for repeated requests. */
@NullMarked
package io.renderfleet.jobtype.inference.cache;

import org.jspecify.annotations.NullMarked;
