import type { Wrapper } from './http.js';

/**
 * Lets one request go ahead to each host and the others follow when it was answered, so that all profit from what it learned: whether the host
 * speaks TLS, and what it asks for. Without that, requests made at the same time would all be refused first.
 */
export function createFirstContact(): Wrapper {
  const contacts = new Map<string, Promise<unknown>>();
  return (next) => async (request) => {
    const { host } = request.url;
    const contact = contacts.get(host);
    if (contact) {
      await contact;
      return next(request);
    }
    const first = next(request);
    contacts.set(
      host,
      first.catch(() => undefined),
    );
    return first;
  };
}
