/** What every HTTP server does against web pages of other sites. */
@NullMarked
package io.renderfleet.http;

import org.jspecify.annotations.NullMarked;
