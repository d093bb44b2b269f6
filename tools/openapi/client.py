"""Submits a job with the generated Python client, waits for it, and reads a problem. Argument: the address of the API."""

import json
import sys
import time
from uuid import UUID, uuid4

from renderfleet_client import ApiClient, ApiException, Configuration, JobsApi
from renderfleet_client.models import AnyJobRequest, Camera, Output, Problem, RenderJob, Vector
from urllib3 import Retry

DEADLINE = 120

# A busy service answers 503 with Retry-After, and the key makes it safe to send the request again.
retries = Retry(total=10, status_forcelist=[503], allowed_methods=None, respect_retry_after_header=True)
jobs = JobsApi(ApiClient(Configuration(host=sys.argv[1], retries=retries)))
camera = Camera(position=Vector(x=5, y=3, z=5), target=Vector(x=0, y=0, z=0))
request = RenderJob(
    type="render",
    user_id="user-1",
    name="generated Python client",
    labels={"client": "python"},
    regions=["us-east-1"],
    design_id="test-design-1",
    camera=camera,
    output=Output(width=64, height=36, samples_per_pixel=1),
)
job_id = jobs.submit_job(AnyJobRequest(request), idempotency_key=str(uuid4())).job_id

begun = time.monotonic()
while True:
    job = jobs.get_job(job_id, prefer="wait=10")
    if job.status in ("COMPLETED", "FAILED", "CANCELLED"):
        break
    if time.monotonic() - begun > DEADLINE:
        sys.exit(f"Job {job_id} is still {job.status} after {DEADLINE} seconds")
    time.sleep(0.2)
assert job.status == "COMPLETED", job
assert job.labels == {"client": "python"} and job.regions == ["us-east-1"], job
assert job.result is not None and job.finished_at is not None, job

try:
    jobs.get_job(UUID("00000000-0000-4000-8000-000000000000"))
    sys.exit("A job that does not exist was found")
except ApiException as e:
    problem = Problem.from_dict(json.loads(e.body))
    assert problem.type == "urn:renderfleet:problem:job-not-found" and problem.status == 404, problem

print(f"The Python client ran job {job_id}")
