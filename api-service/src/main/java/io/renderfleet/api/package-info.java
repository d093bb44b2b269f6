/** The public HTTP interface: what a client says is checked here, and what it is told is written here. */
@NullMarked
package io.renderfleet.api;

import org.jspecify.annotations.NullMarked;
