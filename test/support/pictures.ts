import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** Blocks of this many pixels are compared by their mean colour, so that the edge of a letter counts for little. */
const BLOCK = 16;
/** A mean colour differs clearly above this, of 255. */
const CLEARLY = 20;

/** What both scripts below begin with. They run in a page, because a browser can read and write PNGs. */
const TOOLS = `
  const load = async (data) => createImageBitmap(await (await fetch('data:image/png;base64,' + data)).blob());
  const drawn = (image, width, height) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, width, height);
    return { canvas, pixels: context.getImageData(0, 0, width, height).data };
  };`;

const COMPARE = `async ({ stored, picture, block, clearly }) => {${TOOLS}
  const [a, b] = [await load(stored), await load(picture)];
  const form = (image) => image.height / image.width;
  if (Math.abs(form(a) / form(b) - 1) > 0.02) return 1;
  const [width, height] = [Math.round(b.width / block), Math.round(b.height / block)];
  const [p, q] = [a, b].map((image) => drawn(image, width, height).pixels);
  const differs = (at) => [0, 1, 2].some((colour) => Math.abs(p[at + colour] - q[at + colour]) > clearly);
  return Array.from({ length: width * height }, (_, at) => 4 * at).filter(differs).length / (width * height);
}`;

const HALVE = `async (picture) => {${TOOLS}
  const image = await load(picture);
  const { canvas } = drawn(image, image.width / 2, image.height / 2);
  return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
}`;

/**
 * Compares a picture with a stored one of half its size: the part of their blocks whose mean colour differs clearly; 1 for pictures of clearly different
 * forms. With UPDATE_PICTURES=1 it becomes the stored one.
 */
export async function differingBlocks(page: Page, file: string, picture: Buffer): Promise<number> {
  const data = picture.toString('base64');
  if (process.env['UPDATE_PICTURES'] === '1')
    writeFileSync(file, Buffer.from(await page.evaluate<number[]>(`(${HALVE})("${data}")`)));
  if (!existsSync(file)) throw new Error(`${file} is missing; UPDATE_PICTURES=1 makes it`);
  const request = { stored: readFileSync(file, 'base64'), picture: data, block: BLOCK, clearly: CLEARLY };
  return page.evaluate<number>(`(${COMPARE})(${JSON.stringify(request)})`);
}
