/** The settings of inference jobs, which the API and the workers share. */
@NullMarked
package io.renderfleet.jobtype.inference.settings;

import org.jspecify.annotations.NullMarked;
