/** Calls to a model's HTTP API: what is sent, and how answers are read and classified. */
@NullMarked
package io.renderfleet.jobtype.inference.model;

import org.jspecify.annotations.NullMarked;
