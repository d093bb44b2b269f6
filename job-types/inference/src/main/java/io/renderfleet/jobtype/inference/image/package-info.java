/** The images of inference jobs: how a request refers to them, which are allowed, and where they are stored. */
@NullMarked
package io.renderfleet.jobtype.inference.image;

import org.jspecify.annotations.NullMarked;
