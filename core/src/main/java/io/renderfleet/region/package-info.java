/** Which AWS regions the fleet spans, and one client of each service per region. */
@NullMarked
package io.renderfleet.region;

import org.jspecify.annotations.NullMarked;
