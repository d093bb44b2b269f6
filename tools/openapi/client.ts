// Submits a job with the generated TypeScript client, waits for it, and reads a problem. Argument: the address of the API.
import {
    Configuration, JobsApi, ProblemFromJSON, ResponseError, type AcceptedJob, type Job, type SubmitJobRequest,
} from '../../target/clients/typescript-fetch/index.js';

declare const process: { argv: string[] };

const DEADLINE = 120_000;

function check(condition: boolean, text: string): asserts condition {
    if (!condition) {
        throw new Error(text);
    }
}

const jobs = new JobsApi(new Configuration({ basePath: process.argv[2] }));
const request: SubmitJobRequest = {
    idempotencyKey: crypto.randomUUID(),
    anyJobRequest: {
        type: 'render',
        userId: 'user-1',
        name: 'generated TypeScript client',
        labels: { client: 'typescript' },
        regions: ['us-east-1'],
        designId: 'test-design-1',
        camera: { position: { x: 5, y: 3, z: 5 }, target: { x: 0, y: 0, z: 0 } },
        output: { width: 64, height: 36, samplesPerPixel: 1 },
    },
};

// A busy service answers 503 with Retry-After, and the key makes it safe to send the request again.
async function submit(): Promise<AcceptedJob> {
    for (let attempt = 1; ; attempt++) {
        try {
            return await jobs.submitJob(request);
        } catch (e) {
            if (!(e instanceof ResponseError) || e.response.status !== 503 || attempt === 10) {
                throw e;
            }
            await new Promise(resolve => setTimeout(resolve, 1000 * Number(e.response.headers.get('Retry-After') ?? 1)));
        }
    }
}

const accepted = await submit();
const jobId = accepted.jobId;
check(jobId !== undefined, 'The answer has no jobId');

const begun = Date.now();
let job: Job;
for (;;) {
    job = await jobs.getJob({ jobId, prefer: 'wait=10' });
    if (job.status === 'COMPLETED' || job.status === 'FAILED' || job.status === 'CANCELLED') {
        break;
    }
    check(Date.now() - begun < DEADLINE, `Job ${jobId} is still ${job.status} after ${DEADLINE} ms`);
    await new Promise(resolve => setTimeout(resolve, 200));
}
check(job.status === 'COMPLETED', JSON.stringify(job));
check(job.labels?.['client'] === 'typescript' && job.regions?.[0] === 'us-east-1', JSON.stringify(job));
check(job.result !== undefined && job.finishedAt instanceof Date, JSON.stringify(job));

try {
    await jobs.getJob({ jobId: '00000000-0000-4000-8000-000000000000' });
    throw new Error('A job that does not exist was found');
} catch (e) {
    if (!(e instanceof ResponseError)) {
        throw e;
    }
    const problem = ProblemFromJSON(await e.response.json());
    check(problem.type === 'urn:renderfleet:problem:job-not-found' && problem.status === 404, JSON.stringify(problem));
}

console.log(`The TypeScript client ran job ${jobId}`);
