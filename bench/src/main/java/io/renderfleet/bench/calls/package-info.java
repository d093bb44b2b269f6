/** Counts the calls of the AWS SDK in this JVM, by an interceptor of the SDK. */
@NullMarked
package io.renderfleet.bench.calls;

import org.jspecify.annotations.NullMarked;
