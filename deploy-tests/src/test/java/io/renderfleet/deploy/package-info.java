/** Holds the CloudFormation templates and the environment files against the code that runs by them. */
@NullMarked
package io.renderfleet.deploy;

import org.jspecify.annotations.NullMarked;
