/** Where jobs go: values in, values out; no AWS, no Spring, no clock. */
@NullMarked
package io.renderfleet.distributor.placement;

import org.jspecify.annotations.NullMarked;
