/** Runs render jobs: downloads and caches designs and scenes, and calls the renderer. */
@NullMarked
package io.renderfleet.jobtype.render.run;

import org.jspecify.annotations.NullMarked;
