/** Serves the page for users and operators: its files, its libraries, its settings, and what a browser may do with it. */
@NullMarked
package io.renderfleet.api.page;

import org.jspecify.annotations.NullMarked;
