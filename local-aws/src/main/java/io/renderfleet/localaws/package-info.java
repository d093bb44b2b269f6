/**
 * An emulation of AWS in one process: SQS for several regions, DynamoDB and S3, with the resources of the templates.
 */
@NullMarked
package io.renderfleet.localaws;

import org.jspecify.annotations.NullMarked;
