import { createHash } from 'node:crypto';

/**
 * Lets Stryker leave out what a seed does not draw: each declaration at the top of a file is drawn as a whole, with the share MUTATED_SHARE (from 0 to 1).
 */
class Drawn {
  share = Number(process.env['MUTATED_SHARE'] ?? 1);
  seed = process.env['PULLPIN_SEED'] ?? '1';

  /** @param {{ node: { start: number, loc: object }, parent?: { type: string }, hub: unknown, getSource(): string }} path of Babel */
  shouldIgnore(path) {
    if (this.share >= 1 || path.parent?.type !== 'Program') return undefined;
    const sum = createHash('sha256').update(`${this.seed}\n${path.toString()}`).digest();
    return sum.readUInt32BE(0) / 2 ** 32 < this.share ? undefined : 'the seed has not drawn it';
  }
}

// What declareClassPlugin of @stryker-mutator/api makes.
export const strykerPlugins = [{ kind: 'Ignore', name: 'drawn', injectableClass: Drawn }];
