import { PullpinError, printable } from '../../errors.js';
import { isSameRequest, type LockEntry } from '../entry.js';
import { isRecord } from '../lock-file.js';
import type { Lock, LockedImage, LockedSystem } from '../lock-schema.js';
import { NPINS_VERSION } from '../npins-format.js';

/** The versions of sources.json that are written. */
const VERSIONS = [7, NPINS_VERSION];
/** Before this version, Containers have no `arch`, and are for amd64. */
const WITH_ARCH = 8;

/** A sources.json of npins without the pins that are to be written. */
export interface NpinsSources {
  readonly version: number;
  readonly pins: Readonly<Record<string, unknown>>;
}

/** One that is made. */
export const NEW_SOURCES: NpinsSources = { version: NPINS_VERSION, pins: {} };

/** A pin of npins, as its sources.json has it. */
interface Container {
  readonly type: 'Container';
  readonly image_name: string;
  readonly image_tag: string;
  readonly arch?: string | undefined;
  readonly image_digest: string;
  readonly hash: string;
  readonly frozen?: true | undefined;
}

/** Pins for npins, and what it has no place for. */
export interface ExportedPins {
  readonly pins: ReadonlyMap<string, Container>;
  readonly problems: readonly { readonly name: string; readonly error: PullpinError }[];
  readonly warnings: readonly { readonly name: string; readonly message: string }[];
}

/**
 * The pins of npins for what is locked, to be written into `sources`. A pin of npins is for one platform: an image that is locked for several systems
 * becomes one pin for each of them, `web-aarch64-linux` and `web-x86_64-linux`.
 */
export function exportNpins(entries: readonly LockEntry[], lock: Lock, sources: NpinsSources): ExportedPins {
  const pins = new Map<string, Container>();
  const problems: { name: string; error: PullpinError }[] = [];
  const warnings: { name: string; message: string }[] = [];
  const names = new Set(entries.map(({ name }) => name));
  for (const entry of entries) {
    const { name, rule } = entry;
    const image = lock.get(name);
    const problem = problemWith(entry, image);
    if (!image || problem !== undefined) {
      problems.push({ name, error: new PullpinError(problem) });
      continue;
    }
    if (rule) warnings.push({ name, message: `npins knows no rules, and follows the tag ${image.tag} alone` });
    for (const [system, locked] of Object.entries(image.systems)) {
      const own = Object.keys(image.systems).length === 1 ? name : `${name}-${system}`;
      const isTaken = own !== name && names.has(own);
      const obstacle = isTaken ? `${own} is the name of another image, too` : obstacleTo(own, locked, sources);
      if (obstacle === undefined) pins.set(own, container(entry, image, locked, sources.version));
      else problems.push({ name, error: new PullpinError(obstacle) });
    }
  }
  return { pins, problems, warnings };
}

/** Why a sources.json has no room for a pin. */
function obstacleTo(name: string, { os, arch }: LockedSystem, { version, pins }: NpinsSources): string | undefined {
  const { [name]: other } = pins;
  if (isRecord(other) && other['type'] !== 'Container') return `the pin ${name} that is there is not an image`;
  if (os !== 'linux') return `npins has no place for the os ${printable(os, 50)}`;
  if (version >= WITH_ARCH || arch === 'amd64') return undefined;
  return `version ${version} of npins' format has no place for the arch ${printable(arch, 50)}: run npins upgrade first`;
}

function container(
  { isFrozen, reference }: LockEntry,
  image: LockedImage,
  locked: LockedSystem,
  version: number,
): Container {
  return {
    type: 'Container',
    image_name: image.imageName,
    image_tag: image.tag,
    arch: version < WITH_ARCH ? undefined : locked.arch,
    image_digest: locked.imageDigest,
    hash: locked.hash,
    frozen: isFrozen || reference.digest !== undefined || undefined,
  };
}

/** Why npins cannot hold an image; undefined when it can. */
function problemWith({ request, reference }: LockEntry, image: LockedImage | undefined): string | undefined {
  if (!image) return 'it is not locked yet: run pullpin lock first';
  if (!isSameRequest(image.request, request)) return 'it has changed in images.toml: run pullpin lock first';
  if (image.target !== 'docker-archive') return 'npins has no place for images of nix2container';
  if (image.tlsVerify === false) return 'npins has no place for tlsVerify = false, and the registry was not verified';
  if (image.finalImageName !== image.imageName) return 'npins has no place for final-name';
  if (image.finalImageTag !== image.tag) return 'npins has no place for final-tag';
  return reference.tag === undefined && reference.digest ? 'npins needs a tag: write one into images.toml' : undefined;
}

/** Reads a sources.json. Throws a PullpinError when the text is something else, or of a version that is not written. */
export function readNpinsSources(text: string, file: string): NpinsSources {
  const value = parsed(text);
  if (!isRecord(value) || !isRecord(value['pins']) || !('version' in value))
    throw new PullpinError(`${printable(file)} is not a sources.json of npins: name another file`);
  const { version, pins } = value;
  const known = VERSIONS.find((each) => each === version);
  if (known !== undefined) return { version: known, pins };
  const shown = printable(String(version), 20);
  throw new PullpinError(
    `${printable(file)} has version ${shown} of npins' format, and pullpin writes versions ${VERSIONS.join(' and ')}: run npins upgrade, or use a newer pullpin`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A sources.json with pins in place of those that have their names, as npins prints it: sorted by name, and two spaces for each level. */
export function printSources({ version, pins: others }: NpinsSources, pins: ExportedPins['pins']): string {
  const all = new Map<string, unknown>([...Object.entries(others), ...pins]);
  const sorted = [...all].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `${JSON.stringify({ pins: Object.fromEntries(sorted), version }, undefined, 2)}\n`;
}
