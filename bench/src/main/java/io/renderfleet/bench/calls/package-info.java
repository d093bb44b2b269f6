/** Every call the AWS SDK makes in this JVM, counted where the SDK makes it. */
@NullMarked
package io.renderfleet.bench.calls;

import org.jspecify.annotations.NullMarked;
