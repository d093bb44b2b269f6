/** What make bench measures: the fleet idle and loaded, what it asks of AWS, and the renderer. */
@NullMarked
package io.renderfleet.bench;

import org.jspecify.annotations.NullMarked;
