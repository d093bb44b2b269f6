/** Real processes under kills, stops and cuts by a plan that a seed decides, and the proof that nothing came of it. */
@NullMarked
package io.renderfleet.chaos;

import org.jspecify.annotations.NullMarked;
