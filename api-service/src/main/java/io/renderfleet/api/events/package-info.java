/** The stream of the results of jobs as they complete. */
@NullMarked
package io.renderfleet.api.events;

import org.jspecify.annotations.NullMarked;
