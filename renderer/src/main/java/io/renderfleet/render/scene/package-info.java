/** A scene that is ready to render: geometry, hierarchy, materials and lights together. */
@NullMarked
package io.renderfleet.render.scene;

import org.jspecify.annotations.NullMarked;
