/** What every HTTP server does against web pages of other sites: refused requests and security headers. */
@NullMarked
package io.renderfleet.http;

import org.jspecify.annotations.NullMarked;
