/** Alerts that rules raised, and the rules that operators saved, in the fleet table. */
@NullMarked
package io.renderfleet.alert;

import org.jspecify.annotations.NullMarked;
