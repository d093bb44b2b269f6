/** Generates the sample designs, with which a new system can render pictures before designs are uploaded. */
@NullMarked
package io.renderfleet.localaws.samples;

import org.jspecify.annotations.NullMarked;
