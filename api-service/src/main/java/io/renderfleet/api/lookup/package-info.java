/** What became of jobs: one, a user's, or a result. */
@NullMarked
package io.renderfleet.api.lookup;

import org.jspecify.annotations.NullMarked;
