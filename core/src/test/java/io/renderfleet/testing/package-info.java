/** What tests of all modules share: a clock they drive, and jobs with every field filled in. */
@NullMarked
package io.renderfleet.testing;

import org.jspecify.annotations.NullMarked;
