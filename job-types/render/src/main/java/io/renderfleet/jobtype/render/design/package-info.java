/** Designs: uploaded and checked, stored by the digest of their bytes, fetched by workers. */
@NullMarked
package io.renderfleet.jobtype.render.design;

import org.jspecify.annotations.NullMarked;
