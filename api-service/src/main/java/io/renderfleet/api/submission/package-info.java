/** Jobs coming in: read strictly, checked whole, stored and queued before they are acknowledged. */
@NullMarked
package io.renderfleet.api.submission;

import org.jspecify.annotations.NullMarked;
