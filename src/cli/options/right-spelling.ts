import { printable, shellWord, UsageError } from '../../errors.js';
import { parseReference } from '../../oci/reference.js';
import { isTool, toolElsewhere } from '../elsewhere/tool-command.js';
import { isOtherPage } from '../elsewhere/web-pages.js';

/** Matches a transport of skopeo and podman, such as `docker:` in front of an image. */
const PLACE = /^(oci|oci-archive|docker-archive|docker-daemon|containers-storage|dir):(.*)$/s;
/** Docker Hub has its name in small letters only; in capitals it would be another registry. */
const DOCKER_HUB = /^(?:index\.)?docker\.io\//i;
/** Matches a user and a password in front of a host. */
const LOGIN = /[^/@\s]+:[^/@\s]+(?=@[^/@\s]+\/)/;
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
  const command = commandIn(pasted);
  if (command !== undefined) return `'${printable(pasted, 200)}' is a command: ${printable(command, 200)}`;
  if (LOGIN.test(text))
    return 'a login in front of the registry is not read, for command lines are seen by others: write --creds-stdin';
  if (isOtherPage(text))
    return `'${printable(pasted, 200)}' is a web page, and its address names no image: write the name as docker pull takes it, such as redis:7.4`;
  if (DOCKER_HUB.test(text) && !/^[a-z.]+\//.test(text))
    return `'${shown}' is not an image name: write ${shown.replace(/^[^/]*/, (host) => host.toLowerCase())}`;
  if (HOST.test(text) && !/^localhost\/?$/.test(text))
    return `'${shown}' is a registry: write ${printable(text.replace(/\/$/, ''), 200)}/OWNER/NAME`;
  if (/^sha256:[0-9a-f]*$/.test(text)) return `'${shown}' is a digest without an image: write IMAGE@${shown}`;
  return looksLikeFile(text) ? `'${shown}' looks like a file; ${asImage(text)}` : undefined;
}

/** What to write for a whole command in one word, with the prompt in front of it; undefined for other text. */
function commandIn(pasted: string): string | undefined {
  const [tool = '', ...words] = pasted
    .trim()
    .replace(/^[$#>]\s+/, '')
    .replace(/^sudo\s+/, '')
    .split(/\s+/);
  if (words.length === 0) return undefined;
  if (tool === 'pullpin') return `write ${[tool, ...words].join(' ')}`;
  return isTool(tool) ? toolElsewhere(tool, words) : undefined;
}

/** Text in which no password stands. */
export function withoutLogin(text: string): string {
  return text.replace(LOGIN, '…');
}

/** Whether a word is more likely a file than an image, even when no such file exists. A word with a registry in front is an image. */
export function looksLikeFile(text: string): boolean {
  return FILE_ENDING.test(text) && /^[\w-][^:@]*$/.test(text) && !/^[^/]*[.][^/]*\//.test(text);
}

/** The message about a word that looks like a file that does not exist. */
export function noSuchFile(text: string, near: string | undefined): string {
  const hint = near === undefined ? '' : `; did you mean pullpin bump ${shellWord(near)}?`;
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
      `'${printable(text)}' looks like the path of a file, and not like an image such as redis:7.4; for the pins in a file: pullpin bump ${shellWord(printable(text, 300))}`,
    );
  const [, ranged] =
    /^([^@:]+)(?::|(?::[^@]*)?@)(?:[<>=^~].*|.*\*.*)$/s.exec(text) ?? /^([^@:]+)@\s*$/.exec(text) ?? [];
  if (ranged !== undefined && isReference(ranged))
    return new UsageError(
      `'${printable(text)}' is not an image name: write a tag, ${printable(ranged)}:TAG; the tags are those of pullpin tags ${shellWord(printable(ranged, 300))}`,
    );
  const several = text.split(/[,;]\s*|\s+/).filter((part) => part !== '');
  if (
    several.length > 1 &&
    several.every(isReference) &&
    (/[,;]/.test(text) || several.every((part) => /[:/@]/.test(part)))
  )
    return new UsageError(`'${printable(text)}' is several images: write ${printable(several.join(' '))}`);
  const [, named, hex] = /^(.+?)[@:](?:sha256[:-])?([0-9a-f]{64})$/is.exec(text) ?? [];
  const spellings = [
    ...(hex === undefined ? [] : [`${named}@sha256:${hex.toLowerCase()}`]),
    text.replace(/@$/, ''),
    ...(/@sha\d*(?::|$)/.test(text) ? [] : respelled(text)),
  ];
  const right = spellings.find((spelling) => spelling !== text && isReference(spelling));
  return right === undefined ? error : new UsageError(`${error.message}; write ${right}`);
}

/** A name with capitals, and a tag behind a wrong sign. */
function respelled(text: string): string[] {
  return [
    text.replace(/^[^:@]*/, (name) => name.toLowerCase()),
    text.replace(/^([^:@=\s]+)(?:@|==?|\s+|:\s+)([\w][\w.-]*)$/, '$1:$2'),
  ];
}

function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch {
    return false;
  }
}
