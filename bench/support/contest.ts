import type { ImageName } from './images.js';
import type { Place } from './place.js';

/** What a program gets: the address of the registry, `host:port`, directly or at the end of a wire. */
export interface Situation {
  readonly place: Place;
  readonly host: string;
  readonly environment: ReturnType<Place['environment']>;
  /** Whether the registry speaks TLS, with a certificate that can be verified. */
  readonly isTls: boolean;
}

/** One of two programs that do the same work. */
export interface Side {
  readonly name: string;
  /** The program and its arguments. */
  command(situation: Situation): readonly string[];
  /** A preparation in the same environment, which is not measured. */
  prepare?(situation: Situation): Promise<void>;
  /** The part of the output that must be the same on both sides. */
  answer?(stdout: string): string | undefined;
}

/** A task, the two programs that do it, and the aim: wall time of `ours` over that of `theirs`. */
export interface Contest {
  readonly id: string;
  readonly title: string;
  readonly images: readonly ImageName[];
  readonly theirs: Side;
  readonly ours: Side;
  readonly aim: string;
  /** The line to the registry; loopback when absent. Times in milliseconds, bytes per second. */
  readonly wire?: { readonly roundTrip: number; readonly bandwidth?: number };
  /** The registry wants an anonymous token. */
  readonly isGuarded?: boolean;
  /** The registry is one of three origins that speak TLS; it wants an anonymous token, and storage has its blobs. */
  readonly isTls?: boolean;
  /** Digests of the blobs whose requests are counted separately: layers. */
  readonly layersOf?: ImageName;
}
