/** The whole fleet on one laptop: local AWS and all services in one JVM, and the demonstration that runs on it. */
@NullMarked
package io.renderfleet.standalone;

import org.jspecify.annotations.NullMarked;
