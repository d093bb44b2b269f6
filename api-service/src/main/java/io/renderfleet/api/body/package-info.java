/** Reads the bodies of requests: limits their size and their time, and binds JSON to records, with all violations. */
@NullMarked
package io.renderfleet.api.body;

import org.jspecify.annotations.NullMarked;
