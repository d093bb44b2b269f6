/**
 * What every HTTP server does against web pages of other sites (refused requests and security headers) and against slow
 * clients (deadlines).
 */
@NullMarked
package io.renderfleet.http;

import org.jspecify.annotations.NullMarked;
