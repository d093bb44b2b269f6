/**
 * DynamoDB in memory, behind the wire protocol of the real service: AWS JSON 1.0 over HTTP. What it emulates and what
 * it refuses is listed in {@code docs/decisions/0015-own-dynamodb.md}.
 */
@NullMarked
package io.renderfleet.localaws.dynamodb;

import org.jspecify.annotations.NullMarked;
