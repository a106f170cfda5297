import type { Readable } from 'node:stream';
import { printable } from '../../errors.js';

/** One request. Its `authorization` is for its own origin alone. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What we were to a server when it answered. */
export type Standing = 'nobody' | 'anonymous token' | 'credentials';

/** The head of an answer. */
export interface HttpHead {
  readonly status: number;
  /** By lower-case name; values of a repeated header are joined with a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  /** Set where authorization is at work. */
  readonly standing?: Standing;
}

/** An answer whose body is still to be read: someone must read it to its end or destroy it. */
export interface HttpResponse extends HttpHead {
  readonly body: Readable;
  /** The failure that an error of the body stands for. */
  explain(error: unknown): unknown;
}

/** An answer that was read whole. */
export interface HttpAnswer extends HttpHead {
  readonly bytes: Uint8Array;
}

/** Sends one request. Redirects, authorization and the choice of TLS are wrappers of this one signature. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

export function isSuccess({ status }: HttpHead): boolean {
  return status >= 200 && status < 300;
}

/** A URL as a message or a log may carry it: a query is left out, for signed URLs are secrets. */
export function shownUrl(url: URL): string {
  return printable(`${url.origin}${url.pathname}${url.search && '?…'}`);
}
