import type { ImageName } from './images.js';
import type { Place } from './place.js';

/** What a program gets: the address of the registry, `host:port`, directly or at the end of a wire. */
export interface Situation {
  readonly place: Place;
  readonly host: string;
  readonly environment: ReturnType<Place['environment']>;
}

/** One of two programs that do the same work. */
export interface Side {
  readonly name: string;
  /** The program and its arguments. */
  command(situation: Situation): readonly string[];
  /** What is done before, outside of what is measured, in the same environment. */
  prepare?(situation: Situation): Promise<void>;
  /** What must come out the same on both sides. */
  answer?(stdout: string): string | undefined;
}

/** A piece of work, who does it, and the aim: wall time of `ours` over that of `theirs`. */
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
  /** Digests of the blobs whose requests are counted apart: layers. */
  readonly layersOf?: ImageName;
}
