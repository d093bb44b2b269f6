/** Holds the templates, environment files, alerts and dashboards against the code that runs by them. */
@NullMarked
package io.renderfleet.deploy;

import org.jspecify.annotations.NullMarked;
