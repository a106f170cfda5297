// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { describe, expect, test } from 'vitest';
import { findPins } from '../../../src/nix/find/find-pins.js';
import { Budget } from '../../../src/nix/values/budget.js';
import { CONSTRUCTS } from './constructs.js';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const PIN = `dockerTools.pullImage { imageName = "redis"; imageDigest = "${DIGEST}"; sha256 = "${'0'.repeat(52)}"; }`;

const ENOUGH_MILLISECONDS = 50;
const LARGEST = 64_000;
/** What is linear takes four times as long for four times the text, what is quadratic sixteen times. */
const MOST = 11;

describe('four times the text takes about four times the time', () => {
  test.each(Object.entries(CONSTRUCTS))('%s', (_, write) => {
    let size = 1000;
    while (size < LARGEST && milliseconds(write(size)) < ENOUGH_MILLISECONDS) size *= 2;
    expect(growth(write(size / 4), write(size))).toBeLessThan(MOST);
  });
});

/** How many times longer the second source takes. A busy machine can make one attempt slow, hardly each of them. */
function growth(small: string, large: string): number {
  let ratio = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5 && ratio >= MOST; attempt++) {
    const time = milliseconds(large);
    ratio = time < ENOUGH_MILLISECONDS ? 0 : Math.min(ratio, time / Math.max(milliseconds(small), 1));
  }
  return ratio;
}

/** Of the processor, and not of the clock: other tests run beside this one. */
function milliseconds(source: string): number {
  const start = process.cpuUsage();
  findPins(source, { path: 'p.nix' });
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

describe('a file that is too heavy is a problem with a place', () => {
  const heavy = (text: string) => `{\n  p = ${PIN};\n  x = ${text};\n}\n`;
  const doubling = (names: number, next: (name: string) => string, first: string) =>
    `let a0 = ${first};\n${Array.from({ length: names }, (_, at) => `a${at + 1} = ${next(`a${at}`)};\n`).join('')} in map (image: "\${image}@${DIGEST}") a${names}`;

  test.each([
    ['lists that double', heavy(doubling(60, (a) => `builtins.concatLists [ ${a} ${a} ]`, '[ "a" ]'))],
    ['flattened lists that double', heavy(doubling(60, (a) => `lib.flatten [ ${a} ${a} ]`, '[ "a" ]'))],
    [
      'texts that are searched for many others',
      heavy(
        `"\${builtins.replaceStrings [ ${'"b" '.repeat(20_000)}] [ ${'"c" '.repeat(20_000)}] "${'a'.repeat(60_000)}"}@${DIGEST}"`,
      ),
    ],
    [
      'names by names',
      heavy(
        `let s0 = { }; ${chain(6000, (n) => `s${n + 1} = s${n} // { a${n} = 1; };\n`)} in "\${s6000.a1}@${DIGEST}"`,
      ),
    ],
  ])('%s', (_, source) => {
    const { sites, problems } = findPins(source, { path: 'p.nix' });
    expect(sites).toEqual([]);
    expect(problems).toMatchObject([
      { code: 'unfollowable', file: 'p.nix', message: expect.stringContaining('too heavy to follow') },
    ]);
    expect(problems[0]?.line).toBeGreaterThan(0);
  });

  test('all systems together have one budget', () => {
    const source = (system: string) =>
      `{ s = "${system}@${DIGEST}"; x = let ${chain(1500, (n) => `t${n + 1} = t${n} + "a";\n`)}t0 = "b"; in "\${t1500}@${DIGEST}"; }`;
    const messages = (system: string) =>
      findPins(source(system), { path: 'p.nix' }).problems.map(({ message }) => message);
    expect(messages('x')).not.toContainEqual(expect.stringContaining('too heavy'));
    expect(messages('${pkgs.system}')).toEqual([expect.stringContaining('too heavy')]);
  });

  test('a budget that is spent stays so', () => {
    const budget = new Budget(0);
    expect(budget.spend(1000)).toBe(true);
    expect(budget.spend(1e9)).toBe(false);
    expect(budget.spend(0)).toBe(false);
    expect(budget.isSpent).toBe(true);
  });
});

describe('what looks heavy and is not is found', () => {
  test.each([
    [
      'a set that is merged with itself 100 times',
      `let s0 = { imageName = "a"; }; ${chain(100, (n) => `s${n + 1} = s${n} // s${n} // { a${n} = 1; };`)} in dockerTools.pullImage (s100 // { imageDigest = "${DIGEST}"; sha256 = "${'0'.repeat(52)}"; })`,
    ],
    ['a function with 130,000 defaults', `{ ${chain(130_000, (n) => `a${n} ? 1, `)} ... }: ${PIN}`],
    ['a list of 200,000 items', `[ ${'1 '.repeat(200_000)} (${PIN}) ]`],
    ['a set of 200,000 names', `{ ${chain(200_000, (n) => `a${n} = 1; `)} p = ${PIN}; }`],
    ['a string with 200,000 interpolations', `{ x = "${'${a}'.repeat(200_000)}"; p = ${PIN}; }`],
    ['200,000 comments above a pin', `{\n${'# redis:7\n'.repeat(200_000)}p = ${PIN}; }`],
  ])('%s', (_, source) => {
    expect(findPins(source, { path: 'p.nix' }).sites.map(({ imageDigest }) => imageDigest.text)).toEqual([DIGEST]);
  });
});

describe('values that need each other very deep are a reason, not a crash', () => {
  test.each([
    [
      'names that are inherited',
      `let a = "${DIGEST}"; in ${'let inherit a; in '.repeat(20_000)}dockerTools.pullImage { imageName = "a"; imageDigest = a; }`,
    ],
    [
      'names that are each other',
      `let a0 = "${DIGEST}"; ${chain(20_000, (n) => `a${n + 1} = a${n};`)} in dockerTools.pullImage { imageName = "a"; imageDigest = a20000; }`,
    ],
    [
      'a pattern',
      `dockerTools.pullImage { imageName = "a"; imageDigest = builtins.head (builtins.match "(.*)b" "${'a'.repeat(18_000)}b"); }`,
    ],
  ])('%s', (_, source) => {
    const { sites, problems } = findPins(source, { path: 'p.nix' });
    expect(sites).toEqual([]);
    expect(problems).toMatchObject([{ code: 'unfollowable', file: 'p.nix', line: 1 }]);
  });
});

function chain(count: number, write: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => write(n)).join('');
}
