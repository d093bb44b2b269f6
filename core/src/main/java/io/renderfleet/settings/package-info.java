/**
 * Which settings there are, what each of them is in this process and where that comes from, and which are unknown or
 * wrong.
 */
@NullMarked
package io.renderfleet.settings;

import org.jspecify.annotations.NullMarked;
