/** Results and artifacts of jobs, on S3. */
@NullMarked
package io.renderfleet.blob;

import org.jspecify.annotations.NullMarked;
