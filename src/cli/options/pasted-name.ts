import { imageOfPage } from '../elsewhere/web-pages.js';

/** What stands in front of a name in YAML, Nix or a list: `- image: `. Only these keys: `redis: 7.4` is an image and its tag. */
const IN_FRONT =
  /^(?:[-*]\s+)?(?:(?:image|imageName)\s*[:=]\s*|(?:repository|container|uses|base|from)\s*(?:=\s*|:\s+))?/;
/** What stands around a name in text. */
const QUOTES = /^["'`“”‘’]+|(?<!["'`“”‘’])["'`“”‘’]+$/g;

/**
 * Turns pasted text into the name of an image: removes quotes, and the words around the name in a file (`image:`, `image =`, `FROM …
 * AS …`), and turns the address of a page into the image of that page. Other text stays as it is.
 */
export function imageName(pasted: string): string {
  const bare = pasted
    .trim()
    .replace(/(?<=\S)\s+#.*$/s, '')
    .replace(IN_FRONT, '')
    .replace(/^FROM\s+(?:--platform=\S+\s+)?/i, '')
    .replace(/(?<=\S)\s+AS\s+\S+$/i, '')
    .replace(/[,;]$/, '')
    .replace(QUOTES, '')
    .replace(/^<(.*)>$|^\((.*)\)$/s, '$1$2')
    .replace(/^(?:docker|oci):\/\//, '');
  const [, scheme, address] = /^(https?:\/\/)?(.*)$/s.exec(bare) ?? [];
  const [place = '', query = ''] = (address ?? '').split(/[?#]/, 2);
  const path = place.replace(/(?<=.)\/$/, '');
  const image = imageOfPage(path, query);
  if (image !== undefined) return image;
  return scheme === undefined ? bare.replace(/(?<=[^/.])\/$/, '') : path;
}
