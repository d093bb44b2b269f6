/** The webhooks of users: where their completion events go, and the secrets that sign them. */
@NullMarked
package io.renderfleet.webhook;

import org.jspecify.annotations.NullMarked;
