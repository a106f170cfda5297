// What the scripts of this folder have in common: each takes a number and a seed, and prints one line with the date, which docs/reliability.md has.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const MAIN = `${ROOT}dist/main.cjs`;

/** The number and the seed of the command line. @param {number} usual the number when none is given */
export function readSettings(usual) {
  const [number = usual, seed = 1] = process.argv.slice(2).map(Number);
  if (!Number.isSafeInteger(number) || number < 1 || !Number.isSafeInteger(seed)) {
    console.error(`usage: node ${process.argv[1]} [NUMBER [SEED]]`);
    process.exit(2);
  }
  if (!existsSync(MAIN)) {
    console.error('pullpin is not built: run npm run build');
    process.exit(1);
  }
  return { number, seed };
}

/** Fractions from 0 to 1, the same for the same seed (xorshift, 32 bits). @param {number} seed @returns {() => number} */
export function fractions(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  for (let round = 0; round < 8; round += 1) next();
  return next;
}

/** @param {string} what @param {{ number: number, seed: number }} settings @param {string} result */
export function report(what, { number, seed }, result) {
  console.log(
    `${new Date().toISOString().slice(0, 10)}  Node ${process.version}  ${what}: ${number}, seed ${seed}: ${result}`,
  );
}
