/** Rules that raise alerts on the results of jobs, and the latest alerts. */
@NullMarked
package io.renderfleet.api.alerts;

import org.jspecify.annotations.NullMarked;
