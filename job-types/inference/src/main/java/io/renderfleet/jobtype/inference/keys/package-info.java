/**
 * Chooses the API key of each call of a model, within the limits of the keys' quota domains. In one process and without
 * I/O: what others saw is imported, and what was seen here is exported.
 */
@NullMarked
package io.renderfleet.jobtype.inference.keys;

import org.jspecify.annotations.NullMarked;
