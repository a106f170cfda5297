import { expect, test } from 'vitest';
import { COMMANDS, type Ended, openPlace, runIn } from './place.js';

const place = await openPlace();
const ordinary = await place.run();

const of = (runs: Readonly<Record<string, Ended>>, more: (run: Ended) => Partial<Ended>) =>
  Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, { ...run, ...more(run) }]));

// Node opens /dev/null in place of a stream that is closed, as git, Nix and Go's programs do: nobody has asked for the output.
test('a closed stdout is /dev/null: no output lands in a file that happens to be opened in its place', async () => {
  expect(await place.run({ line: 'exec "$@" >&-' })).toEqual(of(ordinary, () => ({ stdout: '' })));
});

test('git does the same with a closed stdout', async () => {
  const { exitCode } = await runIn([], place.folder, place.ordinary, { line: 'exec git log >&-' });
  expect(exitCode).toBe(0);
});

test.for(['2>&-', '2>/dev/full'])(
  '%s takes the messages, and neither the output nor the exit code',
  async (redirection) => {
    const commands = ['pin', 'digest of a missing tag', 'check', 'bump', 'lock add', 'lock --check'] as const;
    const runs = await place.run({ line: `exec "$@" ${redirection}`, commands });
    const expected = Object.fromEntries(commands.map((name) => [name, ordinary[name]]));
    expect(runs).toEqual(of(expected, () => ({ stderr: '' })));
  },
);

test('all streams may be closed', async () => {
  const commands = ['pin', 'bump', 'lock add'] as const;
  const runs = await place.run({ line: 'exec "$@" <&- >&- 2>&-', commands });
  const expected = Object.fromEntries(commands.map((name) => [name, ordinary[name]]));
  expect(runs).toEqual(of(expected, () => ({ stdout: '', stderr: '' })));
});

const FULL = 'pullpin: stdout cannot be written: the disk or the quota is full; free some space\n';

test('output that cannot be written fails with one line, whatever the command', async () => {
  const runs = await place.run({ line: 'exec "$@" >/dev/full' });
  const silent = (Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]).filter((name) => ordinary[name].stdout === '');
  expect(silent).toEqual(['digest of a missing tag', 'lock --check']);
  const expected = of(ordinary, ({ stdout }) => (stdout === '' ? {} : { stdout: '', stderr: FULL, exitCode: 1 }));
  expect(runs).toEqual(expected);
});

test.for([
  [['-'], /^pullpin: no image was named on stdin\n$/],
  [['digest', 'redis:7.4', '--creds-stdin'], /^pullpin: --creds-stdin: stdin must be one line[^\n]*\n$/],
  [['bump', '--interactive'], /^pullpin: --interactive asks on a terminal, and stdin is not one[^\n]*\n$/],
] as const)('%j says what a closed stdin has not', async ([words, message]) => {
  const run = await runIn(words, place.folder, place.ordinary, { line: 'exec "$@" <&-' });
  expect(run).toMatchObject({ stdout: '', stderr: expect.stringMatching(message), exitCode: 2 });
});
