import { shellWord } from '../errors.js';
import { formatPlatform, systemOfPlatform } from '../oci/platform.js';
import type { Case } from './case.js';

/** The command that writes the right hash, or prints the right pin of an image that stands in no file. */
export function correctCommand(theCase: Case): string {
  if (theCase.file !== undefined) return `pullpin bump --hashes ${shellWord(theCase.file)}`;
  return pinCommand(theCase, theCase.fetches === 'nar' ? ['--template nix2container'] : []);
}

/** The command that pins the image anew. */
export function anewCommand(theCase: Case): string {
  return theCase.file === undefined ? pinCommand(theCase) : `pullpin bump ${shellWord(theCase.file)}`;
}

/** The command that prints a pin of the image, for the platform that is wanted. */
export function pinCommand({ platform, image }: Case, options: readonly string[] = []): string {
  const system = platform && systemOfPlatform(platform);
  const ofPlatform = platform ? [system ? `--system ${system}` : `--platform ${formatPlatform(platform)}`] : [];
  return ['pullpin', ...options, ...ofPlatform, shellWord(image)].join(' ');
}
