/** What a job's owner does to it after its acceptance: cancel it, retry it. */
@NullMarked
package io.renderfleet.api.control;

import org.jspecify.annotations.NullMarked;
