/** The API for operators: regions, queues, dead letters and parked jobs. Callers must be operators. */
@NullMarked
package io.renderfleet.api.admin;

import org.jspecify.annotations.NullMarked;
