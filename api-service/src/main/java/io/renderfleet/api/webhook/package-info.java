/** Sends completion events to the webhooks of users, signed and repeated by Standard Webhooks. */
@NullMarked
package io.renderfleet.api.webhook;

import org.jspecify.annotations.NullMarked;
