/** The request of a render job, and the payload that is made of it. */
@NullMarked
package io.renderfleet.jobtype.render.request;

import org.jspecify.annotations.NullMarked;
