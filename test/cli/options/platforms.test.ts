import { expect, test } from 'vitest';
import { ONE_PLATFORM, PLATFORMS } from '../../../src/cli/options/platforms.js';
import { UsageError } from '../../../src/errors.js';
import { formatPlatform } from '../../../src/oci/platform.js';

const platforms = (...platform: string[]) => {
  const parsed = PLATFORMS.parse({ platform });
  return parsed === 'all' ? parsed : parsed.map(formatPlatform);
};

test.each<[string[], string[] | 'all']>([
  [[], []],
  [['linux/arm64'], ['linux/arm64']],
  [['arm64'], ['linux/arm64']],
  [['linux/amd64,linux/arm64'], ['linux/amd64', 'linux/arm64']],
  [
    ['amd64,linux/arm/v7', 's390x'],
    ['linux/amd64', 'linux/arm/v7', 'linux/s390x'],
  ],
  [['linux/something'], ['linux/something']],
  [['all'], 'all'],
])('--platform %j', (words, expected) => {
  expect(platforms(...words)).toEqual(expected);
});

test.each([
  ['linux/arm46', "there is no platform 'linux/arm46'; did you mean linux/arm64?"],
  ['linxu/amd64', "there is no platform 'linxu/amd64'; did you mean linux/amd64?"],
  ['arm46', "'arm46' is not a platform; did you mean arm64?"],
  ['x86_64', "images call the architecture 'x86_64' amd64: write amd64, or linux/amd64 for a platform"],
  ['linux', "'linux' is not a platform: write linux/amd64"],
  ['linux/amd64,', "'' is not a platform"],
  ['all,linux/amd64', 'goes with no other'],
])('--platform %s is a usage error', (word, message) => {
  expect(() => platforms(word)).toThrow(UsageError);
  expect(() => platforms(word)).toThrow(message);
});

test('a system that is almost right is suggested', () => {
  expect(() => PLATFORMS.parse({ system: ['aarch64-linx'] })).toThrow('did you mean aarch64-linux?');
});

test('a command that looks at one platform takes no list', () => {
  for (const platform of [['all'], ['linux/amd64,linux/arm64'], ['linux/amd64', 'linux/arm64']])
    expect(() => ONE_PLATFORM.parse({ platform })).toThrow('this command looks at one platform');
});

test('a list in a file or a variable is for pullpin pin, and says nothing to a command that looks at one platform', () => {
  const parse = (platform: string[]) => ONE_PLATFORM.parse({ platform }, () => false);
  expect(parse(['linux/amd64', 'linux/arm64'])).toBeUndefined();
  expect(parse(['all'])).toBeUndefined();
  expect(parse(['linux/arm64'])).toMatchObject({ architecture: 'arm64' });
});
