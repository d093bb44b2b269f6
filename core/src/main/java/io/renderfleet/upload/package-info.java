/** Request bodies that are files: received on disk, with limits for all of a process together. */
@NullMarked
package io.renderfleet.upload;

import org.jspecify.annotations.NullMarked;
