import { nixString } from '../../nix/literals/text.js';

/** What is printed of an image. `hash` is the SRI form. */
export interface PrefetchedImage {
  readonly imageName: string;
  readonly imageDigest: string;
  readonly hash: string;
  readonly finalImageName: string;
  readonly finalImageTag: string;
}

/** The arguments of a `dockerTools.pullImage`, to the byte as the original prints them. */
export function imageText(image: PrefetchedImage, isJson: boolean): string {
  const { imageName, imageDigest, hash, finalImageName, finalImageTag } = image;
  const attributes = { imageName, imageDigest, hash, finalImageName, finalImageTag };
  if (isJson) return `${JSON.stringify(attributes, null, 2)}\n`;
  const lines = Object.entries(attributes).map(([name, value]) => `  ${name} = ${nixString(value)};\n`);
  return `{\n${lines.join('')}}\n`;
}

/** What is said on stderr: the same lines as those of the original. @param storePath undefined on a machine without Nix */
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
