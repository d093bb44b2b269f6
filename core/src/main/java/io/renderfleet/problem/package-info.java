/** The problems that the API answers with: their types, the errors of fields, and the exception for both. */
@NullMarked
package io.renderfleet.problem;

import org.jspecify.annotations.NullMarked;
