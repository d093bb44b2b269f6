/** What operators see and do: regions, queues, dead letters. For them alone. */
@NullMarked
package io.renderfleet.api.admin;

import org.jspecify.annotations.NullMarked;
