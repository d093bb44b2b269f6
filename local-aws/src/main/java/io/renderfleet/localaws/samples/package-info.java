/** Sample designs, modelled and painted by our own code, so that a fresh system has something worth rendering. */
@NullMarked
package io.renderfleet.localaws.samples;

import org.jspecify.annotations.NullMarked;
