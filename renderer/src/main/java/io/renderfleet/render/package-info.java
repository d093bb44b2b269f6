/** A path tracer for glTF 2.0; knows nothing of jobs, queues or AWS. */
@NullMarked
package io.renderfleet.render;

import org.jspecify.annotations.NullMarked;
