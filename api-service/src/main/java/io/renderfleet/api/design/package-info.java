/** Designs coming in, checked before they are stored, and what is known about them. */
@NullMarked
package io.renderfleet.api.design;

import org.jspecify.annotations.NullMarked;
