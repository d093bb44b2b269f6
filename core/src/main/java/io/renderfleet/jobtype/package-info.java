/** What a job type is to the services: a request and a payload in the API, a runner in the worker. */
@NullMarked
package io.renderfleet.jobtype;

import org.jspecify.annotations.NullMarked;
