/** The address of a page about an image, and the name of the image. A part that the address does not have is undefined. */
type Page = readonly [pattern: RegExp, name: (...parts: readonly (string | undefined)[]) => string];

/** A name with what an address says of its tag. */
const tagged = (name: string | undefined, tag: string | undefined): string => `${name}${tag ? `:${tag}` : ''}`;
const digested = (name: string, digest: string | undefined): string => `${name}${digest ? `@${digest}` : ''}`;

/** Where people find images. The addresses are compared without `https://` and without what follows `?` or `#`. */
const PAGES: readonly Page[] = [
  [/^(?:registry\.)?hub\.docker\.com\/_\/([^/]+)(?:\/tags\/([^/]+))?(?:\/.*)?$/, tagged],
  [
    /^(?:registry\.)?hub\.docker\.com\/v2\/repositories\/(?:library\/)?([^/]+(?:\/[^/]+)??)(?:\/tags(?:\/([^/]+))?)?$/,
    tagged,
  ],
  [/^hub\.docker\.com\/layers\/([^/]+\/[^/]+)\/([^/]+)(?:\/.*)?$/, tagged],
  [/^(?:registry\.)?hub\.docker\.com\/(?:r|repository\/docker)\/([^/]+\/[^/]+)(?:\/tags\/([^/]+))?(?:\/.*)?$/, tagged],
  [/^index\.docker\.io\/v1\/repositories\/(?:library\/)?([^/]+(?:\/[^/]+)??)(?:\/(?:tags|images)(?:\/.*)?)?$/, tagged],
  [/^github\.com\/([^/]+)\/[^/]+\/pkgs\/container\/([^/]+)(?:\/.*)?$/, (owner, image) => `ghcr.io/${owner}/${image}`],
  [
    /^github\.com\/(?:users|orgs)\/([^/]+)\/packages\/container\/(?:package\/)?([^/]+)(?:\/.*)?$/,
    (owner, image) => `ghcr.io/${owner}/${image}`,
  ],
  [
    /^quay\.io\/repository\/([^/]+\/[^/]+)(?:\/manifest\/([^/]+))?(?:\/.*)?$/,
    (image, digest) => digested(`quay.io/${image}`, digest),
  ],
  [/^quay\.io\/api\/v1\/repository\/([^/]+\/[^/]+)(?:\/.*)?$/, (image) => `quay.io/${image}`],
  [/^gitlab\.com\/(.+?)(?:\/-)?\/container_registry(?:\/.*)?$/, (project) => `registry.gitlab.com/${project}`],
  [
    /^catalog\.ngc\.nvidia\.com\/orgs\/([^/]+)\/(?:teams\/([^/]+)\/)?containers\/([^/]+)(?:\/.*)?$/,
    (owner, team, image) => `nvcr.io/${[owner, ...(team ? [team] : []), image].join('/')}`,
  ],
  [/^gallery\.ecr\.aws\/(.+)$/, (image) => `public.ecr.aws/${image}`],
  [
    /^([a-z]+(?:-[a-z]+)+-\d+)\.console\.aws\.amazon\.com\/ecr\/repositories\/private\/(\d{12})\/(.+?)(?:\/_\/image\/(sha256:[^/]+).*)?$/,
    (region, account, image, digest) => digested(`${account}.dkr.ecr.${region}.amazonaws.com/${image}`, digest),
  ],
  [
    /^console\.cloud\.google\.com\/gcr\/images\/([^/]+)\/(global|us|eu|asia)\/([^@]+?)(?:@([^/]+))?(?:\/details.*)?$/i,
    (project, region, image, digest) =>
      digested(
        `${region?.toLowerCase() === 'global' ? '' : `${region?.toLowerCase()}.`}gcr.io/${project}/${image}`,
        digest,
      ),
  ],
  [
    /^console\.cloud\.google\.com\/artifacts\/docker\/([^/]+)\/[^/]+\/((?:[a-z]+\.)?gcr\.io)\/([^/]+)(?:\/(sha256:[^/]+).*)?$/,
    (project, host, image, digest) => digested(`${host}/${project}/${image}`, digest),
  ],
  [
    /^console\.cloud\.google\.com\/artifacts\/docker\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)(?:\/(sha256:[^/]+).*)?$/,
    (project, region, repository, image, digest) =>
      digested(`${region}-docker.pkg.dev/${project}/${repository}/${image}`, digest),
  ],
  [
    /^mcr\.microsoft\.com\/(?:[^/]+\/)?(?:artifact\/mar|product)\/(.+?)(?:\/(?:about|tags))?$/,
    (image) => `mcr.microsoft.com/${image}`,
  ],
  [/^images\.chainguard\.dev\/directory\/image\/([^/]+)(?:\/.*)?$/, (image) => `cgr.dev/chainguard/${image}`],
  // Gitea and Forgejo, such as Codeberg.
  [
    /^([^/]+)\/([^/]+)\/-\/packages\/container\/([^/]+)(?:\/([^/]+))?$/,
    (host, owner, image, tag) =>
      tag?.startsWith('sha256:') ? `${host}/${owner}/${image}@${tag}` : tagged(`${host}/${owner}/${image}`, tag),
  ],
  // Addresses of a registry itself.
  [/^([^/]+)\/v2\/(.+)\/manifests\/(sha256:[0-9a-f]+)$/, (host, image, digest) => `${nameOf(host)}/${image}@${digest}`],
  [/^([^/]+)\/v2\/(.+)\/manifests\/([^/]+)$/, (host, image, tag) => `${nameOf(host)}/${image}:${tag}`],
  [/^([^/]+)\/v2\/(.+)\/tags\/list$/, (host, image) => `${nameOf(host)}/${image}`],
];

/** The name of a registry in the names of images. */
function nameOf(host: string | undefined): string {
  return host === 'registry-1.docker.io' ? 'docker.io' : `${host}`;
}

/** Pages that are not about one image: sites that are no registry, and such pages of registries. */
const OTHER_PAGES: readonly RegExp[] = [
  /^(?:www\.)?(?:hub\.docker\.com|docker\.com|github\.com|gitlab\.com|artifacthub\.io|portal\.azure\.com)(?:\/|$)/,
  /^(?:[a-z\d-]+\.)*console\.(?:aws\.amazon|cloud\.google)\.com(?:\/|$)/,
  /^(?:catalog\.redhat\.com|catalog\.ngc\.nvidia\.com|images\.chainguard\.dev|explore\.ggcr\.dev|gallery\.ecr\.aws)(?:\/|$)/,
  /^quay\.io\/(?:organization|user|search|repository)(?:\/|$)/,
  /^mcr\.microsoft\.com\/(?:[a-z]{2}-[a-z]{2}\/)?catalog$/,
];

/** The image that a page is about; undefined when the address is not that of a page about one image. */
export function imageOfPage(path: string, query: string): string | undefined {
  const tag = /(?:^|&)tag=([A-Za-z0-9_.-]+)/.exec(query)?.[1];
  // GitHub gives each version of an image a number. Without its tag, the number does not say which one it is.
  if (tag === undefined && /^github\.com\/.*\/container\/(?:package\/)?[^/]+\/\d+$/.test(path)) return undefined;
  for (const [pattern, name] of PAGES) {
    const [found, ...parts] = pattern.exec(path) ?? [];
    if (found === undefined) continue;
    const image = name(...parts.map((part) => part && decoded(part)));
    return tag === undefined || image.includes(':') ? image : `${image}:${tag}`;
  }
  return undefined;
}

/** Whether an address, without its scheme, is that of a page and of no image. */
export function isOtherPage(path: string): boolean {
  return OTHER_PAGES.some((pattern) => pattern.test(path));
}

/** A slash within a name is written `%2F` in an address, and a colon `%3A`. */
function decoded(part: string): string {
  return part.replace(/%2f/gi, '/').replace(/%3a/gi, ':');
}
