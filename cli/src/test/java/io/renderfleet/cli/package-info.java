/** Tests of the command line. */
@NullMarked
package io.renderfleet.cli;

import org.jspecify.annotations.NullMarked;
