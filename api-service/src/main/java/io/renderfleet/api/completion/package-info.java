/** Receives the completion events of ended jobs and gives each to the listeners of its sinks. */
@NullMarked
package io.renderfleet.api.completion;

import org.jspecify.annotations.NullMarked;
