import { printable, UsageError } from '../../errors.js';
import { parseReference } from '../../oci/reference.js';

/** Matches a transport of skopeo and podman, such as `docker:` in front of an image. */
const PLACE = /^(oci|oci-archive|docker-archive|docker-daemon|containers-storage|dir):(.*)$/s;
/** Matches a whole command in one word, and its last part. */
const COMMAND = /^(?:sudo\s+)?(?:docker|podman|nerdctl|skopeo|crane|nix-prefetch-docker|pullpin)\s(?:.*\s)?(\S+)$/s;
const PATH = /^(?:\.{0,2}|~)\/|\.(?:nix|json|ya?ml|toml|lock)$/;
/** Endings of names that are those of files. No image of Docker Hub that needs no owner has a dot in its name. */
const FILE_ENDING = /\.(?:nix|json|ya?ml|toml|lock|hbs|md|txt|log|sh|tar|tgz|gz|zst)$/;
/** A host alone. Only the endings are listed that registries have, for a name in a layout may have a dot. */
const HOST =
  /^(?:localhost|(?:[a-z\d-]+\.)+(?:io|com|org|net|dev|cloud|eu|de|local|lan|internal|example)|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?\/?$/;

/**
 * The message about a word that could be the name of an image but almost certainly is not one: a
 * place, a file, a digest alone, or a pasted command. Without this check, pullpin would pin the image of a stranger. Undefined for other words.
 *
 * @param text the name without the pasted text around it
 */
export function otherThing(pasted: string, text: string): string | undefined {
  const shown = printable(text, 200);
  const [, place, rest = ''] = PLACE.exec(text) ?? [];
  if (place === 'oci')
    return `'${shown}' is a place: write --from oci:${printable(rest, 200)} and the name of the image`;
  if (place !== undefined)
    return `'${shown}' is a place: pullpin reads images from registries, and from OCI layouts by --from oci:FOLDER`;
  const [, last] = COMMAND.exec(pasted.trim()) ?? [];
  if (last !== undefined)
    return `'${printable(pasted, 200)}' is a command: write pullpin ${printable(last.replace(/^docker:\/\//, ''), 200)}`;
  if (HOST.test(text) && !/^localhost\/?$/.test(text))
    return `'${shown}' is a registry: write ${printable(text.replace(/\/$/, ''), 200)}/OWNER/NAME`;
  if (/^sha256:[0-9a-f]*$/.test(text)) return `'${shown}' is a digest without an image: write IMAGE@${shown}`;
  return looksLikeFile(text) ? `'${shown}' looks like a file; ${asImage(text)}` : undefined;
}

/** Whether a word is more likely a file than an image, even when no such file exists. A word with a registry in front is an image. */
export function looksLikeFile(text: string): boolean {
  return FILE_ENDING.test(text) && /^[\w-][^:@]*$/.test(text) && !/^[^/]*[.][^/]*\//.test(text);
}

/** The message about a word that looks like a file that does not exist. */
export function noSuchFile(text: string, near: string | undefined): string {
  const hint = near === undefined ? '' : `; did you mean pullpin bump ${printable(near, 200)}?`;
  const image = asImage(text);
  return `there is no file ${printable(text, 200)}${hint === '' ? `; ${image}` : `${hint} F${image.slice(1)}`}`;
}

function asImage(text: string): string {
  return `for an image of that name write docker.io/${text.includes('/') ? '' : 'library/'}${printable(text, 200)}`;
}

/** Adds the right spelling to the message about a wrong name of an image, when the right spelling is certain. */
export function withSpelling(error: UsageError, text: string): UsageError {
  if (PATH.test(text))
    return new UsageError(
      `'${printable(text)}' looks like the path of a file, and not like an image such as redis:7.4; for the pins in a file: pullpin bump ${printable(text)}`,
    );
  const [, ranged] = /^([^@]+)@(?:[<>=^~].*|\s*)$/s.exec(text) ?? [];
  if (ranged !== undefined && isReference(ranged))
    return new UsageError(
      `'${printable(text)}' is not an image name: write a tag, ${printable(ranged)}:TAG; the tags are those of pullpin tags ${printable(ranged.replace(/:[^/]*$/, ''))}`,
    );
  const several = text.split(/[,;]\s*/).filter((part) => part !== '');
  if (several.length > 1 && several.every(isReference))
    return new UsageError(`'${printable(text)}' is several images: write ${printable(several.join(' '))}`);
  if (/@sha\d*(?::|$)/.test(text)) return error;
  const spellings = [
    text.replace(/^[^:@]*/, (name) => name.toLowerCase()),
    text.replace(/^([^:@=\s]+)(?:@|==?|\s+|:\s+)([\w][\w.-]*)$/, '$1:$2'),
  ];
  const right = spellings.find((spelling) => spelling !== text && isReference(spelling));
  return right === undefined ? error : new UsageError(`${error.message}; write ${right}`);
}

function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch {
    return false;
  }
}
