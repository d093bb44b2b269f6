/**
 * Clients of the API that submit jobs, one at a time or as fast as they are accepted, and record when each job ended.
 */
@NullMarked
package io.renderfleet.bench.load;

import org.jspecify.annotations.NullMarked;
