/** SQS for several regions, DynamoDB and S3 in one process, under the names that CloudFormation gives them. */
@NullMarked
package io.renderfleet.localaws;

import org.jspecify.annotations.NullMarked;
