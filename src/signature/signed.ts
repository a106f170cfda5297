/** What a signature covers. */
export type Claim =
  | { readonly digests: readonly string[]; readonly problem?: undefined }
  | { readonly problem: string };

/** A signature that was found, and what it covers. Nothing of it has been checked. */
export interface Signed {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  /** The Sigstore bundle that it is from, or that says the same, as JSON; undefined when it names no certificate. */
  readonly bundle?: unknown;
  /** What the bytes say, to be asked only once their signature is right. */
  claim(): Claim;
}

/** Why something that looked like a signature is none. */
export interface MalformedSignature {
  readonly problem: string;
}

/** Text in base64 with its padding; undefined when it is something else. */
export function fromBase64(text: unknown): Buffer | undefined {
  return typeof text === 'string' && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
    ? Buffer.from(text, 'base64')
    : undefined;
}

/** The members of a JSON object; empty for anything else. */
export function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** JSON in UTF-8 as a value; undefined when it is none. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
