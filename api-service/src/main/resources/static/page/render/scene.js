import * as THREE from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { clipping } from './camera.js';
import { equirectangular } from './sky.js';

/** How bright the sky is where the renderer has none, so that shapes can be seen until its lights are calculated. */
const DIM = 0.4;
const MAX_PIXEL_RATIO = 2;

/**
 * A design on a canvas, seen by a camera that the mouse and fingers move. It draws only when something has changed.
 * Positions, angles and tone mapping are those of the renderer; light is an approximation.
 */
export class SceneView {
  #renderer;
  #scene = new THREE.Scene();
  #camera = new THREE.PerspectiveCamera();
  #controls;
  #bounds = { min: [-1, -1, -1], max: [1, 1, 1] };
  #sky;
  #light;
  #requested = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(camera: object) => void} onMove called when the camera was moved by hand
   * @throws {Error} if the browser has no WebGL
   */
  constructor(canvas, onMove) {
    this.#renderer = new THREE.WebGLRenderer({ canvas, antialias: true, preserveDrawingBuffer: true });
    this.#renderer.toneMapping = THREE.NeutralToneMapping;
    this.#renderer.setPixelRatio(Math.min(window.devicePixelRatio, MAX_PIXEL_RATIO));
    this.#sky = new THREE.DataTexture(equirectangular(256, 128), 256, 128, THREE.RGBAFormat, THREE.FloatType);
    this.#sky.mapping = THREE.EquirectangularReflectionMapping;
    this.#sky.minFilter = THREE.LinearFilter;
    this.#sky.magFilter = THREE.LinearFilter;
    this.#sky.needsUpdate = true;
    const generator = new THREE.PMREMGenerator(this.#renderer);
    this.#light = generator.fromEquirectangular(this.#sky);
    generator.dispose();
    this.#controls = new OrbitControls(this.#camera, canvas);
    this.#controls.minPolarAngle = Math.PI / 180;
    this.#controls.maxPolarAngle = Math.PI - Math.PI / 180;
    this.#controls.addEventListener('change', () => {
      this.#clip();
      this.draw();
      onMove(this.camera);
    });
    canvas.addEventListener('webglcontextrestored', () => this.draw());
  }

  /**
   * Shows a design.
   * @param {ArrayBuffer} file glTF, binary or JSON
   * @param {{min: number[], max: number[]} | null} bounds as the service has them
   * @returns {Promise<{bounds: object, lights: boolean}>} bounds, and whether it has punctual lights
   */
  async load(file, bounds) {
    const model = await new GLTFLoader().parseAsync(file, '');
    this.#scene.add(model.scene);
    if (bounds) {
      this.#bounds = bounds;
    } else {
      const box = new THREE.Box3().setFromObject(model.scene, true);
      this.#bounds = box.isEmpty() ? this.#bounds : { min: box.min.toArray(), max: box.max.toArray() };
    }
    let lights = false;
    model.scene.traverse((node) => (lights ||= node.isLight === true));
    return { bounds: this.#bounds, lights };
  }

  /** Shows the sky, or the dark in which only the lights of the design are. */
  setSky(shown) {
    this.#scene.environment = this.#light.texture;
    this.#scene.environmentIntensity = shown ? 1 : DIM;
    this.#scene.background = shown ? this.#sky : new THREE.Color(0x05070a);
    this.draw();
  }

  /** The camera as a job has it. */
  get camera() {
    const plain = ({ x, y, z }) => ({ x, y, z });
    return {
      position: plain(this.#camera.position),
      target: plain(this.#controls.target),
      up: plain(this.#camera.up),
      fov: this.#camera.fov,
    };
  }

  set camera({ position, target, up, fov }) {
    this.#camera.position.copy(position);
    this.#camera.up.copy(up);
    this.#camera.fov = fov;
    this.#controls.target.copy(target);
    this.#camera.lookAt(this.#controls.target);
    this.#clip();
    this.draw();
  }

  /** Fits the canvas; width and height are in CSS pixels and have the shape of the picture that is rendered. */
  resize(width, height, aspect) {
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = aspect;
    this.#camera.updateProjectionMatrix();
    this.draw();
  }

  #clip() {
    Object.assign(this.#camera, clipping(this.#bounds, this.camera));
    this.#camera.updateProjectionMatrix();
  }

  /** Draws once before the next frame of the browser. */
  draw() {
    this.#requested ||= requestAnimationFrame(() => {
      this.#requested = 0;
      this.#renderer.render(this.#scene, this.#camera);
    });
  }

  /** Frees the memory of the graphics card. */
  dispose() {
    cancelAnimationFrame(this.#requested);
    this.#controls.dispose();
    this.#scene.traverse((node) => {
      node.geometry?.dispose();
      for (const material of [node.material ?? []].flat()) {
        Object.values(material).forEach((value) => value?.isTexture && value.dispose());
        material.dispose();
      }
    });
    this.#sky.dispose();
    this.#light.dispose();
    this.#renderer.dispose();
  }
}
