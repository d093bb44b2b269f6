/** Checks the query parameters of every operation: unknown and repeated parameters are refused. */
@NullMarked
package io.renderfleet.api.query;

import org.jspecify.annotations.NullMarked;
