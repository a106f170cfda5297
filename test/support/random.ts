/** A stream of choices that is the same for the same seed, on every machine. */
export interface Random {
  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** True with this probability, from 0 to 1. */
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  bytes(length: number): Uint8Array;
}

/** A Random of Marsaglia's 32-bit xorshift, its seed spread by a multiplication so that neighbours differ. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const fraction = (): number => next() / 2 ** 32;
  for (let round = 0; round < 8; round += 1) next();

  const integer = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1));
  return {
    integer,
    chance: (probability) => fraction() < probability,
    pick: <T>(choices: readonly T[]): T => choices[integer(0, choices.length - 1)] as T,
    bytes: (length) => Uint8Array.from({ length }, () => next() >>> 24),
  };
}
