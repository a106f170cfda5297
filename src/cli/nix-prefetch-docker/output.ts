import { nixString } from '../../nix/literals/text.js';

/** The printed data of an image. `hash` has the SRI form. */
export interface PrefetchedImage {
  readonly imageName: string;
  readonly imageDigest: string;
  readonly hash: string;
  readonly finalImageName: string;
  readonly finalImageTag: string;
}

/** The arguments of a `dockerTools.pullImage`, with exactly the bytes that the original prints. */
export function imageText(image: PrefetchedImage, isJson: boolean): string {
  const { imageName, imageDigest, hash, finalImageName, finalImageTag } = image;
  const attributes = { imageName, imageDigest, hash, finalImageName, finalImageTag };
  if (isJson) return `${JSON.stringify(attributes, null, 2)}\n`;
  const lines = Object.entries(attributes).map(([name, value]) => `  ${name} = ${nixString(value)};\n`);
  return `{\n${lines.join('')}}\n`;
}

/** The lines for stderr, the same as those of the original. @param storePath undefined on a machine without Nix */
export function imageLines(image: PrefetchedImage, storePath: string | undefined): string {
  const lines = [
    ['ImageName', image.imageName],
    ['ImageDigest', image.imageDigest],
    ['FinalImageName', image.finalImageName],
    ['FinalImageTag', image.finalImageTag],
    ...(storePath === undefined ? [] : [['ImagePath', storePath]]),
    ['ImageHash', image.hash],
  ];
  return lines.map(([name, value]) => `-> ${name}: ${value}\n`).join('');
}
