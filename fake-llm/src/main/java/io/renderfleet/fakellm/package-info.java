/** An OpenAI-compatible model server for tests and demos, which is the ground truth of what its clients did. */
@NullMarked
package io.renderfleet.fakellm;

import org.jspecify.annotations.NullMarked;
