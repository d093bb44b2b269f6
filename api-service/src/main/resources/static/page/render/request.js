// The values of the form and the request that they make, in both directions.

/** Sizes that people often need. */
export const SIZES = [
  { width: 640, height: 360 },
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
  { width: 1080, height: 1080 },
  { width: 1080, height: 1920 },
];

/** Numbers of samples for each pixel, with the key of their name. */
export const QUALITIES = [
  { samples: 16, key: 'draft' },
  { samples: 64, key: 'normal' },
  { samples: 256, key: 'fine' },
  { samples: 1024, key: 'best' },
];

/** What a new form has. */
export const DEFAULTS = {
  name: '',
  width: 640,
  height: 360,
  samples: 64,
  format: 'png',
  environment: 'default',
  priority: 'NORMAL',
  regions: [],
  labels: [],
};

/**
 * The request of a job. What equals the default of the service is left out, apart from the picture itself.
 * @param {string} designId
 * @param {typeof DEFAULTS} values
 * @param {object} camera
 */
export function requestOf(designId, values, camera) {
  const labels = values.labels.filter(({ key, value }) => key.trim() && value.trim());
  return {
    designId,
    ...(values.name.trim() ? { name: values.name.trim() } : {}),
    camera,
    output: {
      width: values.width,
      height: values.height,
      samplesPerPixel: values.samples,
      format: values.format,
    },
    ...(values.environment === 'default' ? {} : { environment: values.environment }),
    ...(values.priority === 'NORMAL' ? {} : { priority: values.priority }),
    ...(values.regions.length ? { regions: values.regions } : {}),
    ...(labels.length
      ? { labels: Object.fromEntries(labels.map(({ key, value }) => [key.trim(), value.trim()])) }
      : {}),
  };
}

/**
 * The values of a form that makes the same job again.
 * @param {object} job as the API returns it
 */
export function valuesOf(job) {
  return {
    name: job.name ?? '',
    width: job.output?.width ?? DEFAULTS.width,
    height: job.output?.height ?? DEFAULTS.height,
    samples: job.output?.samplesPerPixel ?? DEFAULTS.samples,
    format: (job.output?.format ?? DEFAULTS.format).toLowerCase(),
    environment: (job.environment ?? DEFAULTS.environment).toLowerCase(),
    priority: job.priority ?? DEFAULTS.priority,
    regions: job.regions ?? [],
    labels: Object.entries(job.labels ?? {}).map(([key, value]) => ({ key, value })),
  };
}

/**
 * An id for the design of a file: its name without extension, with the characters that ids have.
 * @param {string} fileName
 */
export function designIdOf(fileName) {
  const id = fileName
    .replace(/\.(glb|gltf)$/i, '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 128);
  return id || 'design';
}
