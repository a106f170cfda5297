import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { settleInOrder } from '../../src/concurrency/settle-in-order.js';
import { startRegistry } from '../support/faulty-registry.js';
import { contentOf, type TypeCase, type TypeVerdict, typeCases } from '../support/json-types.js';
import { createRandom } from '../support/random.js';
import { type Judgement, skopeoArchive, skopeoDirectory } from '../support/skopeo.js';

const TABLE = new URL('../../fixtures/skopeo/json-types.json', import.meta.url);
const IS_WRITTEN = process.env['UPDATE_FIXTURES'] !== undefined;
const IS_WHOLE = IS_WRITTEN || process.env['LONG_TESTS'] !== undefined;

/** Asks the skopeo of this machine. */
async function judge(each: TypeCase): Promise<TypeVerdict> {
  const content = contentOf(each);
  const name = `case/${content.root.digest.slice(7, 19)}`;
  registry.add(`${name}:1`, content);
  const image = `${registry.host}/${name}@${content.root.digest}`;
  const archive = await verdict(() => skopeoArchive({ image, finalName: 'name', finalTag: '1' }));
  return { ...each, archive, folder: await verdict(() => skopeoDirectory({ image })) };
}

async function verdict(ask: () => Promise<Judgement>): Promise<'taken' | 'refused'> {
  try {
    return 'sha256' in (await ask()) ? 'taken' : 'refused';
  } catch (error) {
    if (/panic: /.test(String(error))) return 'refused';
    throw error;
  }
}

const registry = await startRegistry();

test('skopeo accepts and refuses what the table says', { timeout: 3_600_000 }, async () => {
  const cases: readonly TypeCase[] = IS_WRITTEN ? typeCases() : JSON.parse(readFileSync(TABLE, 'utf8'));
  const random = createRandom(12);
  const asked = IS_WHOLE ? cases : Array.from({ length: 40 }, () => random.pick(cases));
  const judged = await settleInOrder(asked, 4, judge);
  const verdicts = judged.map((result) =>
    result.status === 'fulfilled' ? result.value : expect.unreachable(String(result.reason)),
  );
  if (IS_WRITTEN) writeFileSync(TABLE, `[\n${verdicts.map((each) => `  ${JSON.stringify(each)}`).join(',\n')}\n]\n`);
  else expect(verdicts).toEqual(asked);
});
