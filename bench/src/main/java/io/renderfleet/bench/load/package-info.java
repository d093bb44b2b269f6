/** Clients of the API that submit jobs, one at a time or as many as are accepted, and when each of them ended. */
@NullMarked
package io.renderfleet.bench.load;

import org.jspecify.annotations.NullMarked;
