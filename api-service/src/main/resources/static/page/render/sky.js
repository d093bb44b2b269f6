// The environment light of the renderer: io.renderfleet.render.light.Sky has the same numbers.

const GLOW = { x: 0.5145, y: 0.686, z: 0.5145 };
const GLOW_POWER = 16;
const HORIZON = [0.95, 0.97, 1.0];
const ZENITH = [0.42, 0.58, 0.85];
const GROUND = [0.3, 0.28, 0.26];
const GLOW_COLOR = [1, 0.93, 0.82];

/**
 * The radiance of the daylight sky in a unit direction, linear Rec. 709.
 * @returns {number[]} red, green, blue
 */
export function radiance(x, y, z) {
  const rise = Math.sqrt(Math.min(Math.abs(y), 1));
  const far = y >= 0 ? ZENITH : GROUND;
  const glow = 3 * Math.max(x * GLOW.x + y * GLOW.y + z * GLOW.z, 0) ** GLOW_POWER;
  return HORIZON.map((value, i) => value + (far[i] - value) * rise + GLOW_COLOR[i] * glow);
}

/**
 * The sky as an equirectangular picture: rows from the nadir to the zenith, four numbers for each pixel.
 * @param {number} width
 * @param {number} height
 */
export function equirectangular(width, height) {
  const pixels = new Float32Array(width * height * 4);
  for (let row = 0; row < height; row++) {
    const above = ((row + 0.5) / height - 0.5) * Math.PI;
    for (let column = 0; column < width; column++) {
      const around = ((column + 0.5) / width - 0.5) * 2 * Math.PI;
      const flat = Math.cos(above);
      pixels.set(
        [...radiance(flat * Math.cos(around), Math.sin(above), flat * Math.sin(around)), 1],
        (row * width + column) * 4,
      );
    }
  }
  return pixels;
}
