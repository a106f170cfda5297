import { expect, test } from 'vitest';
import { readSource, sourceFiles } from './support/source-imports.js';

/** The functions of other packages and of Node that accept a missing option, but not one that is undefined. */
const FOREIGN: Readonly<Record<string, string>> = {
  'machine/run-program.ts': 'settings of execa',
  'registry/tls/trust.ts': "options of Node's TLS",
  'registry/transport/dispatchers.ts': 'token and headers of undici',
  'registry/transport/transport.ts': 'body of undici',
};

/** `...(x && { x })`, `...(x !== undefined && { x: x.y })`. */
const CONDITIONAL_SPREAD = /\.\.\.\([^\n]*&&\s*\{/;

test('our own settings are undefined when they are not given, and not left out by a conditional spread', () => {
  const found = sourceFiles().filter((file) => CONDITIONAL_SPREAD.test(readSource(file)));
  const how = 'Declare the member as `x?: T | undefined` and hand it over as it is.';
  expect(found.sort(), how).toEqual(Object.keys(FOREIGN).sort());
});
