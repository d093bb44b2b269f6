/** A path tracer for glTF 2.0. It does not depend on jobs, queues or AWS. */
@NullMarked
package io.renderfleet.render;

import org.jspecify.annotations.NullMarked;
