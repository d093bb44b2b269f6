/** Follows jobs for clients: streams of their progress, and requests that wait for their end. */
@NullMarked
package io.renderfleet.api.progress;

import org.jspecify.annotations.NullMarked;
