import type { ImageDetails } from '../one-pin/pin-change.js';

/** A repository of source code on a host whose pages are known. */
interface SourceRepository {
  /** `https://github.com/owner/name` */
  readonly url: string;
  /** What stands between the repository and the two revisions. */
  readonly compare: string;
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;
const REVISION = /^[0-9a-f]{7,64}$/;
/** The deepest group of GitLab has 20 levels. */
const MOST_NAMES = 21;

/** The page of the repository that an image's label names, on GitHub, GitLab or Codeberg; undefined for anything else. */
export function sourceLink(source: string | undefined): string | undefined {
  return repositoryOf(source)?.url;
}

/** The page that compares the sources of two images; undefined unless both labels name one repository on a known host, and two commits. */
export function compareLink(from: ImageDetails | undefined, to: ImageDetails | undefined): string | undefined {
  const [before, after] = [repositoryOf(from?.source), repositoryOf(to?.source)];
  const [old, now] = [from?.revision ?? '', to?.revision ?? ''];
  if (!before || before.url !== after?.url || old === now || !REVISION.test(old) || !REVISION.test(now))
    return undefined;
  return `${before.url}${before.compare}${old}...${now}`;
}

/** The text comes from the maker of the image. Nothing of it is taken over but the names of a host and a path, each checked. */
function repositoryOf(source: string | undefined): SourceRepository | undefined {
  if (source === undefined || !URL.canParse(source)) return undefined;
  const { protocol, hostname, port, username, password, pathname } = new URL(source);
  if (protocol !== 'https:' || port !== '' || username !== '' || password !== '') return undefined;
  const names = pathname.split('/').filter((name) => name !== '');
  const isGitLab = hostname === 'gitlab.com' || /^gitlab(?:\.[a-z0-9-]{1,63}){1,8}$/.test(hostname);
  const isOfTwo = hostname === 'github.com' || hostname === 'codeberg.org';
  if (!isGitLab && !isOfTwo) return undefined;
  const end = names.indexOf('-');
  const own = isOfTwo ? names.slice(0, 2) : names.slice(0, end < 0 ? undefined : end);
  const path = own.map((name, at) => (at === own.length - 1 ? name.replace(/\.git$/, '') : name));
  if (path.length < 2 || path.length > MOST_NAMES || !path.every((name) => NAME.test(name))) return undefined;
  return { url: `https://${hostname}/${path.join('/')}`, compare: isGitLab ? '/-/compare/' : '/compare/' };
}
