import { oncePerKey } from '../../concurrency/once-per-key.js';
import { type AuthMethod, formatMethod, isHostWide, parseMethod } from './auth-method.js';
import { publicMethod } from './public-registries.js';

/** Where challenges are kept between runs, by origin, so that a new process need not be refused first. Holds no secrets. */
export interface ChallengeCache {
  /** What was kept for an origin, or undefined. */
  get(key: string): string | undefined;
  /** An empty text forgets the entry. */
  set(key: string, challenge: string): void;
}

/** A repository at an origin, as a request reaches it. */
export interface AuthSubject {
  readonly url: URL;
  readonly repository: string;
  /**
   * Whether what this origin says may be kept for later runs, and was kept by earlier ones: only for the registry itself, over verified TLS. Anything
   * else that answers could name a server to which a later run would send credentials.
   */
  readonly isTrusted: boolean;
}

interface Known {
  method: AuthMethod | undefined;
  /** As the cache has it. */
  kept: string;
}

/** How each registry wants requests authorized, as far as it has said so in this run, or in an earlier one when there is a cache. */
export class AuthMethods {
  /** Origins that refused what was known of them. */
  private readonly refused = new Set<string>();
  private readonly known = oncePerKey(
    ({ key, isTrusted }: { readonly key: string; readonly isTrusted: boolean }): Known => {
      const kept = (isTrusted && this.cache?.get(key)) || '';
      return { method: parseMethod(kept), kept };
    },
    ({ key, isTrusted }) => `${key} ${isTrusted}`,
  );

  constructor(private readonly cache: ChallengeCache | undefined) {}

  /**
   * What the registry said of this repository, else what it said of another one, where that holds for all of them. Of a public registry that has said
   * nothing yet, what it is known to say.
   */
  get(subject: AuthSubject): AuthMethod | undefined {
    const ofHost = this.ofHost(subject).method;
    const said = this.ofRepository(subject).method ?? (ofHost && isHostWide(ofHost) ? ofHost : undefined);
    if (said || !subject.isTrusted || this.refused.has(hostKey(subject))) return said;
    return publicMethod(subject.url);
  }

  /** Learns a method for this run. */
  set(subject: AuthSubject, method: AuthMethod): void {
    const isShared = isHostWide(method);
    this.ofRepository(subject).method = isShared ? undefined : method;
    if (isShared) this.ofHost(subject).method = method;
  }

  /** The method has worked: later runs may begin with it. */
  keep(subject: AuthSubject, method: AuthMethod): void {
    if (!subject.isTrusted || (method.scheme === 'bearer' && new URL(method.realm).protocol !== 'https:')) return;
    const known = isHostWide(method) ? this.ofHost(subject) : this.ofRepository(subject);
    const text = formatMethod(method);
    if (known.method !== method || known.kept === text) return;
    known.kept = text;
    this.cache?.set(isHostWide(method) ? hostKey(subject) : repositoryKey(subject), text);
  }

  /** The method did not work, here or in later runs. */
  forget(subject: AuthSubject): void {
    this.refused.add(hostKey(subject));
    for (const key of [hostKey(subject), repositoryKey(subject)]) {
      const known = this.known({ key, isTrusted: subject.isTrusted });
      if (known.kept !== '') this.cache?.set(key, '');
      known.method = undefined;
      known.kept = '';
    }
  }

  private ofHost(subject: AuthSubject): Known {
    return this.known({ key: hostKey(subject), isTrusted: subject.isTrusted });
  }

  private ofRepository(subject: AuthSubject): Known {
    return this.known({ key: repositoryKey(subject), isTrusted: subject.isTrusted });
  }
}

function hostKey({ url }: AuthSubject): string {
  return url.origin;
}

function repositoryKey({ url, repository }: AuthSubject): string {
  return `${url.origin}/${repository}`;
}
