import type { Readable } from 'node:stream';
import { printable } from '../../errors.js';

/** One request. Its `authorization` is for its own origin alone. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/** With which authorization a server answered. */
export type AuthLevel = 'none' | 'anonymous token' | 'credentials';

/** The head of an answer. */
export interface HttpHead {
  readonly status: number;
  /** By lower-case name; values of a repeated header are joined with a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  /** The URL that was asked, when a redirect led to another origin. */
  readonly redirectedFrom?: URL;
  /** Set by what adds authorization to requests. */
  readonly authLevel?: AuthLevel;
}

/** An answer whose body is still to be read: the receiver must read it to its end or destroy it. */
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

/** Adds something to sending. */
export type Wrapper = (next: Send) => Send;

/** All wrappers as one; the first is the outermost. */
export function compose(...wrappers: readonly Wrapper[]): Wrapper {
  return (send) => wrappers.reduceRight((inner, wrap) => wrap(inner), send);
}

/** Whether the status is 2xx. */
export function isSuccess({ status }: HttpHead): boolean {
  return status >= 200 && status < 300;
}

/** A URL as a message or a log may show it: without its query, because signed URLs are secrets. */
export function shownUrl(url: URL): string {
  // Only addresses of the web have an origin.
  const origin = url.origin === 'null' ? url.protocol : url.origin;
  return printable(`${origin}${url.pathname}${url.search && '?…'}`);
}
