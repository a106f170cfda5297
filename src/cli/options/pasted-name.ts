/** A page about an image, and the name of the image. */
type Page = readonly [pattern: RegExp, name: (...parts: string[]) => string];

/** Where people find images. The addresses are compared without `https://` and without what follows `?` or `#`. */
const PAGES: readonly Page[] = [
  [/^(?:registry\.)?hub\.docker\.com\/_\/([^/]+)(?:\/.*)?$/, (image) => image ?? ''],
  [
    /^(?:registry\.)?hub\.docker\.com\/v2\/repositories\/(?:library\/)?([^/]+(?:\/[^/]+)??)(?:\/tags(?:\/([^/]+))?)?$/,
    (image, tag) => `${image}${tag ? `:${tag}` : ''}`,
  ],
  [/^hub\.docker\.com\/layers\/([^/]+\/[^/]+)\/([^/]+)(?:\/.*)?$/, (image, tag) => `${image}:${tag}`],
  [/^(?:registry\.)?hub\.docker\.com\/(?:r|repository\/docker)\/([^/]+\/[^/]+)(?:\/.*)?$/, (image) => image ?? ''],
  [/^github\.com\/([^/]+)\/[^/]+\/pkgs\/container\/([^/]+)(?:\/.*)?$/, (owner, image) => `ghcr.io/${owner}/${image}`],
  [
    /^github\.com\/(?:users|orgs)\/([^/]+)\/packages\/container\/(?:package\/)?([^/]+)(?:\/.*)?$/,
    (owner, image) => `ghcr.io/${owner}/${image}`,
  ],
  [/^quay\.io\/repository\/([^/]+\/[^/]+)(?:\/.*)?$/, (image) => `quay.io/${image}`],
  [/^gitlab\.com\/(.+?)(?:\/-)?\/container_registry(?:\/.*)?$/, (project) => `registry.gitlab.com/${project}`],
  [
    /^catalog\.ngc\.nvidia\.com\/orgs\/([^/]+)\/(?:teams\/([^/]+)\/)?containers\/([^/]+)(?:\/.*)?$/,
    (owner, team, image) => `nvcr.io/${[owner, ...(team ? [team] : []), image].join('/')}`,
  ],
  // Addresses of a registry itself.
  [/^([^/]+)\/v2\/(.+)\/manifests\/(sha256:[0-9a-f]+)$/, (registry, image, digest) => `${registry}/${image}@${digest}`],
  [/^([^/]+)\/v2\/(.+)\/manifests\/([^/]+)$/, (registry, image, tag) => `${registry}/${image}:${tag}`],
  [/^([^/]+)\/v2\/(.+)\/tags\/list$/, (registry, image) => `${registry}/${image}`],
  [/^gallery\.ecr\.aws\/(.+)$/, (image) => `public.ecr.aws/${image}`],
  [
    /^mcr\.microsoft\.com\/(?:[^/]+\/)?artifact\/mar\/(.+?)(?:\/(?:about|tags))?$/,
    (image) => `mcr.microsoft.com/${image}`,
  ],
];

/**
 * Turns pasted text into the name of an image: removes quotes, and the words around the name in a file (`image:`, `image =`, `FROM …
 * AS …`), and turns the address of a page into the image of that page. Other text stays as it is.
 */
export function imageName(pasted: string): string {
  const bare = pasted
    .trim()
    .replace(/^(?:-\s*)?(?:image|imageName)\s*[:=]\s*/, '')
    .replace(/^FROM\s+(?:--platform=\S+\s+)?/i, '')
    .replace(/(?<=\S)\s+AS\s+\S+$/i, '')
    .replace(/[,;]$/, '')
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .replace(/^docker:\/\//, '');
  const [, scheme, address] = /^(https?:\/\/)?(.*)$/s.exec(bare) ?? [];
  const [place = '', query = ''] = (address ?? '').split(/[?#]/, 2);
  const path = place.replace(/(?<=.)\/$/, '');
  for (const [pattern, name] of PAGES) {
    const [found, ...parts] = pattern.exec(path) ?? [];
    if (found !== undefined) return withTag(name(...parts.map((part) => decoded(part ?? ''))), query);
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
