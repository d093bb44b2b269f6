/** Whether one more job may come in: how fast a user sends, how many open jobs they have, how full the queue is. */
@NullMarked
package io.renderfleet.api.admission;

import org.jspecify.annotations.NullMarked;
