/** Who makes a request, and what the caller may see and do. */
@NullMarked
package io.renderfleet.identity;

import org.jspecify.annotations.NullMarked;
