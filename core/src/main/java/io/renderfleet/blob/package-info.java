/** Designs going in and results coming out, on S3. */
@NullMarked
package io.renderfleet.blob;

import org.jspecify.annotations.NullMarked;
