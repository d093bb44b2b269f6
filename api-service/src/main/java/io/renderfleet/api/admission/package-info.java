/** Admission control: limits the submission rate and the open jobs of each user, and the depth of the master queues. */
@NullMarked
package io.renderfleet.api.admission;

import org.jspecify.annotations.NullMarked;
