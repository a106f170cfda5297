import { heavyWork } from '../concurrency/heavy-work.js';
import { PullpinError } from '../errors.js';
import { type JsonValue, parseJson } from './json.js';
import { isPlatform, type Platform } from './platform.js';

/** The label that says which version of its program an image has (OCI image-spec, annotations.md). */
export const VERSION_LABEL = 'org.opencontainers.image.version';

/** What an image's config says for people (OCI image-spec, config.md). Everything may be missing, and nothing in it is trusted. */
export interface ImageFacts {
  readonly platform?: Platform | undefined;
  /** As it was written, RFC 3339 in a valid image. */
  readonly created?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** Reads what it can of a config, and nothing when it is not JSON. Content never makes it throw. */
export function imageFacts(config: Uint8Array): ImageFacts {
  return heavyWork(() => readFacts(config), config.length);
}

function readFacts(config: Uint8Array): ImageFacts {
  const members = membersOf(config);
  const text = (key: string): string | undefined => members.get(key)?.text() || undefined;
  const [os, architecture, variant, created] = [text('os'), text('architecture'), text('variant'), text('created')];
  const platform = os && architecture ? { os, architecture, variant } : undefined;
  return {
    // Anything but plain words is dropped, because the platform is written into Nix code.
    platform: platform && isPlatform(platform) ? platform : undefined,
    created,
    labels: labelsOf(members.get('config')),
  };
}

function membersOf(config: Uint8Array): ReadonlyMap<string, JsonValue> {
  try {
    return new Map([...parseJson(config).members()].map(({ key, value }) => [key, value]));
  } catch (error) {
    if (error instanceof PullpinError) return new Map();
    throw error;
  }
}

/** The annotations of a manifest; none when it is not JSON. Content never makes it throw. */
export function annotationsOf(manifest: Uint8Array): Record<string, string> {
  return heavyWork(() => textsOf(membersOf(manifest).get('annotations')), manifest.length);
}

function labelsOf(config: JsonValue | undefined): Record<string, string> {
  const labels = [...(config?.members() ?? [])].findLast(({ key }) => key === 'Labels')?.value;
  return textsOf(labels);
}

function textsOf(object: JsonValue | undefined): Record<string, string> {
  const texts = [...(object?.members() ?? [])].flatMap(({ key, value }) => {
    const text = value.text();
    return text === undefined ? [] : [[key, text] as const];
  });
  return Object.fromEntries(texts);
}
