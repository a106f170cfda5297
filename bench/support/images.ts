import type { ImageShape } from './image-layout.js';

const MB = 1e6;

/** The images to measure with, by name; what they weigh is uncompressed. */
export const IMAGES = {
  small: { name: 'small', layers: [2 * MB] },
  medium: { name: 'medium', layers: [100 * MB, 60 * MB, 40 * MB] },
  large: { name: 'large', layers: [80 * MB, 250 * MB, 900 * MB, 600 * MB, 400 * MB, 170 * MB] },
  dominant: { name: 'dominant', layers: [80 * MB, 20 * MB, 2200 * MB, 40 * MB, 50 * MB, 10 * MB] },
  layered: { name: 'layered', layers: Array.from({ length: 6 }, () => MB / 5), isIndexed: true },
} as const satisfies Record<string, ImageShape>;

export type ImageName = keyof typeof IMAGES;
