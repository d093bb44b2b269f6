/** What must be right before a service begins, and what it says when it is not. */
@NullMarked
package io.renderfleet.start;

import org.jspecify.annotations.NullMarked;
