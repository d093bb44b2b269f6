/** Bodies of requests: limited before they are read, read strictly, and bound to records with all that is wrong named. */
@NullMarked
package io.renderfleet.api.body;

import org.jspecify.annotations.NullMarked;
