import type { FileEdit } from '../nix/edit/edit.js';
import type { ContainerImage, PinSite } from '../nix/find/pin-site.js';
import { literalsOf, overlap } from '../nix/values/text.js';
import type { SourceRange } from '../nix/values/value.js';
import type { Finding } from './findings/finding.js';

/** Something that has values in a file, and what was found of it: a pin, or a container. */
export interface Owner {
  readonly places: readonly SourceRange[];
  readonly findings: readonly Finding[];
}

export function ownerOfPin({ imageDigest, imageName, hashes }: PinSite, findings: readonly Finding[]): Owner {
  return { places: [imageDigest, imageName, ...hashes.map(({ value }) => value)].flatMap(literalsOf), findings };
}

export function ownerOfContainer({ image }: ContainerImage, findings: readonly Finding[]): Owner {
  return { places: literalsOf(image), findings };
}

/** The findings without edits of literals that something else uses as well, which would then change although it is right. */
export function withSafeEdits(owners: readonly Owner[]): Finding[] {
  const isSafe = (edit: FileEdit): boolean =>
    owners.every(
      ({ places, findings }) =>
        !places.some((place) => overlap(place, edit)) ||
        findings.some(({ edits }) => edits.some((other) => isSame(other, edit))),
    );
  return owners.flatMap(({ findings }) =>
    findings.map((finding) => (finding.edits.every(isSafe) ? finding : { ...finding, edits: [] })),
  );
}

function isSame(one: FileEdit, other: FileEdit): boolean {
  return one.file === other.file && one.start === other.start && one.end === other.end && one.text === other.text;
}
