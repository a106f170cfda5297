/** A page about an image, and the name of the image. */
type Page = readonly [pattern: RegExp, name: (...parts: string[]) => string];

/** Where people find images. The addresses are compared without `https://` and without what follows `?` or `#`. */
const PAGES: readonly Page[] = [
  [/^hub\.docker\.com\/_\/([^/]+)(?:\/.*)?$/, (image) => image ?? ''],
  [/^hub\.docker\.com\/layers\/([^/]+\/[^/]+)\/([^/]+)(?:\/.*)?$/, (image, tag) => `${image}:${tag}`],
  [/^hub\.docker\.com\/(?:r|repository\/docker)\/([^/]+\/[^/]+)(?:\/.*)?$/, (image) => image ?? ''],
  [/^github\.com\/([^/]+)\/[^/]+\/pkgs\/container\/([^/]+)(?:\/.*)?$/, (owner, image) => `ghcr.io/${owner}/${image}`],
  [
    /^github\.com\/(?:users|orgs)\/([^/]+)\/packages\/container\/(?:package\/)?([^/]+)(?:\/.*)?$/,
    (owner, image) => `ghcr.io/${owner}/${image}`,
  ],
  [/^quay\.io\/repository\/([^/]+\/[^/]+)(?:\/.*)?$/, (image) => `quay.io/${image}`],
  [/^gallery\.ecr\.aws\/(.+)$/, (image) => `public.ecr.aws/${image}`],
  [
    /^mcr\.microsoft\.com\/(?:[^/]+\/)?artifact\/mar\/(.+?)(?:\/(?:about|tags))?$/,
    (image) => `mcr.microsoft.com/${image}`,
  ],
];

/**
 * The name of an image as people paste it, as it is typed: without quotes, without what stands in front of it in a file (`image:`, `FROM`), of
 * a page the image that it is about. Other text stays as it is.
 */
export function imageName(pasted: string): string {
  const bare = pasted
    .trim()
    .replace(/^(?:image:|FROM)\s+/, '')
    .replace(/[,;]$/, '')
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .replace(/^docker:\/\//, '');
  const [, scheme, address] = /^(https?:\/\/)?(.*)$/s.exec(bare) ?? [];
  const [place = '', query = ''] = (address ?? '').split(/[?#]/, 2);
  const path = place.replace(/(?<=.)\/$/, '');
  for (const [pattern, name] of PAGES) {
    const [found, ...parts] = pattern.exec(path) ?? [];
    if (found !== undefined) return withTag(name(...parts.map(decoded)), query);
  }
  if (scheme === undefined) return bare.replace(/(?<=[^/.])\/$/, '');
  return path;
}

/** The tag that a page is about stands behind the `?`. */
function withTag(name: string, query: string): string {
  const tag = /(?:^|&)tag=([A-Za-z0-9_.-]+)/.exec(query)?.[1];
  return tag === undefined || name.includes(':') ? name : `${name}:${tag}`;
}

/** A slash within a name is written `%2F` in an address. */
function decoded(part: string): string {
  return part.replace(/%2f/gi, '/');
}
