/** The command line {@code renderfleet}, on top of the client of the HTTP API. */
@NullMarked
package io.renderfleet.cli;

import org.jspecify.annotations.NullMarked;
