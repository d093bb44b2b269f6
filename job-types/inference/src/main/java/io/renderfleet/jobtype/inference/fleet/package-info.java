/** Shares the keys of each pool over all workers: permits, what was learnt about keys, and the acts of operators. */
@NullMarked
package io.renderfleet.jobtype.inference.fleet;

import org.jspecify.annotations.NullMarked;
