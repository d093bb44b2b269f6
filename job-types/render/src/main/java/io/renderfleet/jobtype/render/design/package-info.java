/** Designs: uploaded and validated in the API, stored by the digest of their bytes, downloaded by workers. */
@NullMarked
package io.renderfleet.jobtype.render.design;

import org.jspecify.annotations.NullMarked;
