/** How many requests and streams an instance accepts at a time, by its memory. */
@NullMarked
package io.renderfleet.api.capacity;

import org.jspecify.annotations.NullMarked;
