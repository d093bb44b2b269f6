/** Looks up jobs, lists the jobs of a user, and serves results and artifacts. */
@NullMarked
package io.renderfleet.api.lookup;

import org.jspecify.annotations.NullMarked;
