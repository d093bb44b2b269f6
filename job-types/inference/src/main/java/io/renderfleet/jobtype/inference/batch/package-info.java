/** {@code POST /batches}: many tasks in one file, which become jobs, and their answers in one file. */
@NullMarked
package io.renderfleet.jobtype.inference.batch;

import org.jspecify.annotations.NullMarked;
