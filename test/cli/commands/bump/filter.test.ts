import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { run } from '../../../../src/cli/program.js';
import { testContext } from '../../../support/run-in-process.js';

/** What `pullpin bump -` prints for some bytes, and the error that it throws. */
async function filtered(input: Buffer, args: readonly string[] = []) {
  const printed: Buffer[] = [];
  const stdout = new Writable({
    write: (chunk, _, done) => {
      printed.push(Buffer.from(chunk));
      done();
    },
  });
  // In two parts, as a pipe may deliver it.
  const stdin = Readable.from([input.subarray(0, 5), input.subarray(5)].filter(({ length }) => length > 0));
  const context = { ...testContext(), stdin: () => stdin, stdout };
  const error: unknown = await run(['bump', ...args, '-'], context).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { printed: Buffer.concat(printed), error };
}

const LATIN1 = Buffer.from('{ dockerTools }: dockerTools.pullImage { imageName = "caf\xe9"; }\r\n', 'latin1');

test.each([
  ['bytes that are not UTF-8', LATIN1],
  ['half a character at the end', Buffer.from([0x22, 0x61, 0x22, 0x20, 0x23, 0xc3])],
  ['an overlong form', Buffer.from([0x22, 0xc0, 0x80, 0x22, 0x0a])],
  ['UTF-16', Buffer.from('\ufeff{ }\n', 'utf16le')],
])('a filter refuses %s, and gives the input back to the byte', async (_, input) => {
  const { printed, error } = await filtered(input);
  expect(printed.equals(input)).toBe(true);
  expect(error).toMatchObject({ message: expect.stringMatching(/^stdin is not UTF-8 text; /) });
});

test('the input comes back when the run cannot begin', async () => {
  const { printed, error } = await filtered(Buffer.from('{ }\n'), ['--since', 'HEAD']);
  expect(printed.toString()).toBe('{ }\n');
  expect(error).toMatchObject({ message: expect.stringMatching(/--since/) });
});

test('an input that is too large is passed on whole', async () => {
  const input = Buffer.alloc(16 * 1024 * 1024 + 1, '# a\n');
  const { printed, error } = await filtered(input);
  expect(printed.equals(input)).toBe(true);
  expect(error).toMatchObject({ message: expect.stringMatching(/too large/) });
});

test('a byte order mark and line ends stay', async () => {
  const input = Buffer.from('\ufeff{ }\r\n');
  const { printed, error } = await filtered(input);
  expect(printed.equals(input)).toBe(true);
  expect(error).toBeUndefined();
});

test('--check refuses the same bytes, and prints nothing', async () => {
  const { printed, error } = await filtered(LATIN1, ['--check']);
  expect(printed.length).toBe(0);
  expect(error).toMatchObject({ message: expect.stringMatching(/not UTF-8/) });
});
