/** How measured values are summarized and printed: percentiles and aligned text tables. */
@NullMarked
package io.renderfleet.report;

import org.jspecify.annotations.NullMarked;
