import type { Random } from './random.js';

const KEYS = ['architecture', 'config', 'container', 'container_config', 'created', 'docker_version', 'os'];
const ODD_KEYS = ['author', 'OS', 'Config', 'id', 'parent', 'layer_id', '10', '9', '__proto__', '', 'a.b', 'variant'];
const NUMBERS = [
  '0',
  '-0',
  '1',
  '1.0',
  '1.50E+02',
  '1e-7',
  '9007199254740993',
  '123456789012345678901234567890',
  '-0.0e0',
];
const STRINGS = [
  '""',
  '"linux"',
  '"<a href=\\"x\\">&amp;</a>"',
  '"\\u003c\\u00e9\\/\\ud800"',
  '"\\\\ \\b\\f\\n\\r\\t"',
  '"\u2028 and \u2029"',
  '"\u007f\u0080 \u00e9 \u65e5\u672c \u{1f40b} \ufeff"',
  `"it's"`,
];
const SPACES = ['', '', '', ' ', '\n', '\t', '\r\n', '  \n\t'];
const BROKEN = [
  '{"os":"linux"',
  '{"os":"linux"} {}',
  '{"os":"linux",}',
  '{"os":01}',
  '{"os":"\t"}',
  '{"os":"\\x41"}',
  '{"os":+1}',
  "{'os':1}",
  '["linux"]',
  '"linux"',
  '7',
  'true',
  '',
  '\ufeff{"os":"linux"}',
  '{"os":"linux"}\0',
  '{"os":NaN}',
  '{"os":tru}',
];

/** The bytes of a config: mostly an object with whatever JSON allows and skopeo copies, now and then something that it refuses. */
export function randomConfig(random: Random): Uint8Array {
  if (random.chance(0.05)) return Buffer.from(random.pick(BROKEN));
  if (random.chance(0.03)) return Buffer.from(' null\n');
  const bytes = Buffer.from(randomObject(random, [...KEYS, ...(random.chance(0.5) ? ODD_KEYS : [])], 3));
  return random.chance(0.1) ? withInvalidUtf8(bytes, random) : bytes;
}

function randomObject(random: Random, keys: readonly string[], depth: number): string {
  const members = keys
    .filter(() => random.chance(0.7))
    .flatMap((key) => (random.chance(0.1) ? [key, key] : [key]))
    .sort(() => (random.chance(0.5) ? 1 : -1))
    .map((key) => `${spaced(random, spelled(random, key))}:${spaced(random, randomValue(random, depth))}`);
  return spaced(random, `{${members.join(',') || random.pick(SPACES)}}`);
}

function randomValue(random: Random, depth: number): string {
  switch (random.integer(depth > 0 ? 0 : 2, 7)) {
    case 0:
      return randomObject(random, ['b', 'a', '2', '1', 'a<b', '\u2028', 'b'], depth - 1);
    case 1:
      return `[${Array.from({ length: random.integer(0, 3) }, () => spaced(random, randomValue(random, depth - 1)))}]`;
    case 2:
      return random.pick(NUMBERS);
    case 3:
      return random.pick(['true', 'false', 'null']);
    default:
      return random.pick(STRINGS);
  }
}

/** A key in quotes; some of its letters may be escaped, which does not make it another key. */
function spelled(random: Random, key: string): string {
  if (random.chance(0.9)) return JSON.stringify(key);
  const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `"${[...key].map((letter) => (random.chance(0.3) ? escaped(letter) : letter)).join('')}"`;
}

function spaced(random: Random, text: string): string {
  return random.pick(SPACES) + text + random.pick(SPACES);
}

/** Puts a byte that UTF-8 never has behind an opening quote, so that it lies in a key or in a string. */
function withInvalidUtf8(bytes: Uint8Array, random: Random): Uint8Array {
  const quotes = [...bytes.keys()].filter((at) => bytes[at] === 0x22 && bytes[at - 1] !== 0x5c);
  const opening = quotes.filter((_, order) => order % 2 === 0);
  const at = random.pick(opening.length === 0 ? [0] : opening) + 1;
  return Buffer.concat([bytes.subarray(0, at), Uint8Array.of(random.pick([0xff, 0x80, 0xc3])), bytes.subarray(at)]);
}
