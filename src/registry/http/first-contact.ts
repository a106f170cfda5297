import type { Wrapper } from './http.js';

/** The first request to a host that nothing is known of. */
interface Contact {
  /** Fulfilled when the host has answered it, or when there is a token for what it asks for. */
  readonly isLearned: Promise<void>;
  readonly learn: () => void;
}

/**
 * Lets one request go ahead to each host that nothing is known of, and the others follow as soon as all can profit from what it learned: whether the host
 * speaks TLS, and what it asks for. Without that, requests made at the same time would all be refused first.
 */
export class FirstContact {
  private readonly contacts = new Map<string, Contact>();

  /** @param isKnown whether nothing is left to learn from a host before it is asked */
  wrapper(isKnown: (url: URL) => boolean): Wrapper {
    return (next) => async (request) => {
      const { url } = request;
      if (isKnown(url)) return next(request);
      const contact = this.contacts.get(url.host);
      if (contact) {
        await contact.isLearned;
        return next(request);
      }
      const { learn } = this.open(url.host);
      return next(request).finally(learn);
    };
  }

  /** There is a token for what a host asks for. */
  learned({ host }: URL): void {
    this.contacts.get(host)?.learn();
  }

  private open(host: string): Contact {
    let learn = (): void => undefined;
    const isLearned = new Promise<void>((resolve) => {
      learn = resolve;
    });
    const contact = { isLearned, learn };
    this.contacts.set(host, contact);
    return contact;
  }
}
