import { printable } from '../../../errors.js';
import { isDigest, isPlaceholderDigest } from '../../../oci/digest.js';
import { InvalidReferenceError, parseReference } from '../../../oci/reference.js';
import type { TextValue } from '../../values/value.js';

/** A mistake in the text of a pin that a registry or Nix would refuse. `message` is one line that says what to write instead. */
export interface Flaw {
  readonly code: 'malformed-reference' | 'malformed-os' | 'malformed-arch';
  readonly message: string;
}

/** The names of architectures in Nix, uname and Docker Hub's repositories, with the name that images use (Go's GOARCH). */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  x64: 'amd64',
  aarch64: 'arm64',
  arm64v8: 'arm64',
  armv8: 'arm64',
  armv7l: 'arm',
  armv7: 'arm',
  armv6l: 'arm',
  armv6: 'arm',
  armhf: 'arm',
  arm32v7: 'arm',
  i686: '386',
  i386: '386',
  x86: '386',
  powerpc64le: 'ppc64le',
};

type Part = TextValue | { readonly kind: 'unfollowable' } | undefined;

/** The values of a pin that may have a flaw. */
interface PossiblyFlawed {
  readonly imageName: TextValue;
  readonly os?: Part;
  readonly arch?: Part;
}

/** The first flaw of a pin's name or platform, if there is one. */
export function flawOf({ imageName, os, arch }: PossiblyFlawed): Flaw | undefined {
  const message = nameFlaw(imageName.text);
  if (message !== undefined) return { code: 'malformed-reference', message };
  return (
    (os?.kind === 'text' ? osFlaw(os.text) : undefined) ?? (arch?.kind === 'text' ? archFlaw(arch.text) : undefined)
  );
}

function nameFlaw(text: string): string | undefined {
  try {
    const { name, tag, digest } = parseReference(text);
    const parts = [tag !== undefined && 'a tag', digest && 'a digest'].filter((part) => typeof part === 'string');
    if (parts.length === 0) return undefined;
    const where = [tag !== undefined && `finalImageTag = "${tag}"`, digest && `imageDigest = "${digest}"`];
    const remedy = [`imageName = "${name}"`, ...where.filter((part) => typeof part === 'string')].join(' and ');
    return `imageName '${printable(text, 80)}' has ${parts.join(' and ')} in it: write ${remedy}`;
  } catch (error) {
    if (error instanceof InvalidReferenceError) return error.message;
    throw error;
  }
}

function archFlaw(text: string): Flaw | undefined {
  if (text === '') return { code: 'malformed-arch', message: 'arch is empty: write one such as "amd64", or omit it' };
  const remedy = archRemedy(text);
  if (remedy === undefined) return undefined;
  return { code: 'malformed-arch', message: `no image has the architecture '${printable(text, 40)}': write ${remedy}` };
}

function archRemedy(text: string): string | undefined {
  if (Object.hasOwn(ARCHITECTURES, text)) return `arch = "${ARCHITECTURES[text]}"`;
  const [, os = '', arch, variant] = /^([a-z]+)\/([\w-]+)(\/\w+)?$/.exec(text) ?? [];
  if (arch !== undefined) {
    const hint = variant === undefined ? '' : `, and the digest of the image for ${text}`;
    return `os = "${os}" and arch = "${ARCHITECTURES[arch] ?? arch}"${hint}`;
  }
  const [, cpu = ''] = /^(\w+)-(?:linux|darwin)$/.exec(text) ?? [];
  if (Object.hasOwn(ARCHITECTURES, cpu)) return `arch = "${ARCHITECTURES[cpu]}"`;
  return text === text.toLowerCase() ? undefined : `arch = "${archOfAnyCase(text)}"`;
}

function archOfAnyCase(text: string): string {
  const lower = text.toLowerCase();
  return ARCHITECTURES[lower] ?? lower;
}

function osFlaw(text: string): Flaw | undefined {
  if (text === '') return { code: 'malformed-os', message: 'os is empty: write os = "linux", or omit it' };
  if (/^[a-z0-9]+$/.test(text)) return undefined;
  const [known = 'linux'] = /linux|windows|darwin|freebsd/.exec(text.toLowerCase()) ?? [];
  return { code: 'malformed-os', message: `no image has the os '${printable(text, 40)}': write os = "${known}"` };
}

/** The flaw of a pin whose name and digest are empty. */
export const EMPTY_TEMPLATE =
  'its imageName and imageDigest are empty: write an image, or see pullpin IMAGE for a whole pin';

type Text = Pick<TextValue, 'text'>;

/** Whether nothing of a pin is filled in: neither its name nor its digest. */
export function isEmptyTemplate(imageName: Text, imageDigest: Text): boolean {
  return imageName.text === '' && isPlaceholderDigest(imageDigest.text);
}

/** The message about a text that should be a digest; undefined when it is one, or a placeholder for one. */
export function digestFlaw(text: string): string | undefined {
  if (isDigest(text) || isPlaceholderDigest(text)) return undefined;
  const shown = `'${printable(text, 100)}'`;
  const hex = /^sha256:([0-9a-f]+)$/i.exec(text)?.[1];
  if (hex !== undefined && hex.length !== 64)
    return `the digest ${shown} has ${hex.length} hex digits, and should have 64`;
  if (hex !== undefined) return `the digest ${shown} has upper-case digits: write it in lower case`;
  return `${shown} is not a digest: sha256: and 64 lower-case hex digits`;
}
