/** The query parameters of requests, checked in one place for every operation. */
@NullMarked
package io.renderfleet.api.query;

import org.jspecify.annotations.NullMarked;
