import { oncePerKey } from '../../concurrency/once-per-key.js';
import { type AuthMethod, formatMethod, parseMethod } from './auth-method.js';

/** Where challenges are kept between runs, so that a new process need not be refused first. Holds no secrets. */
export interface ChallengeCache {
  get(host: string): string | undefined;
  set(host: string, challenge: string): void;
}

/** How each host wants requests authorized, as far as it has said so: in this run, or in an earlier one where there is a cache. */
export class AuthMethods {
  private readonly known = oncePerKey((host: string) => ({ method: parseMethod(this.cache?.get(host) ?? '') }));

  constructor(private readonly cache: ChallengeCache | undefined) {}

  get(host: string): AuthMethod | undefined {
    return this.known(host).method;
  }

  set(host: string, method: AuthMethod): void {
    const known = this.known(host);
    const isNew = !known.method || formatMethod(known.method) !== formatMethod(method);
    known.method = method;
    if (isNew) this.cache?.set(host, formatMethod(method));
  }
}
