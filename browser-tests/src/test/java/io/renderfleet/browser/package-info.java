/** Tests of the page in a browser. */
@NullMarked
package io.renderfleet.browser;

import org.jspecify.annotations.NullMarked;
