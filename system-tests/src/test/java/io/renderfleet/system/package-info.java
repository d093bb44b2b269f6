/** The whole path from a request to a picture, on the real services against local AWS. */
@NullMarked
package io.renderfleet.system;

import org.jspecify.annotations.NullMarked;
