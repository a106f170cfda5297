import { expect, test } from 'vitest';
import { listPins } from '../../src/list/list-pins.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HASH = 'sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=';
const list = (text: string, path = 'a.nix') => listPins({ files: [{ path, text }] });
const call = (rest: string): string =>
  `{ dockerTools, lib }: dockerTools.pullImage {\n  imageName = "redis"; imageDigest = "${DIGEST}"; ${rest} }\n`;

test('a pin is described by its text in the file and by the tag that it follows', () => {
  expect(list(call(`sha256 = "${HASH}"; finalImageTag = "7"; arch = "arm64";`))).toEqual({
    pins: [
      {
        file: 'a.nix',
        line: 1,
        column: 23,
        form: 'call',
        target: 'docker-archive',
        imageName: 'redis',
        imageDigest: DIGEST,
        hash: HASH,
        hashAttr: 'sha256',
        hashFormat: 'sri',
        finalImageName: null,
        finalImageTag: '7',
        os: null,
        arch: 'arm64',
        systems: null,
        follows: '7',
        rule: null,
        followedBy: 'finalImageTag',
        state: 'tracked',
        proven: null,
        digestKind: null,
        assumed: ['finalImageName', 'os'],
      },
    ],
    problems: [],
  });
});

test.each([
  [`sha256 = "${HASH}"; finalImageTag = "7";`, 'tracked'],
  [`sha256 = "${HASH}";`, 'untracked'],
  [`sha256 = "${HASH}"; # pullpin: freeze\n`, 'frozen'],
  ['sha256 = lib.fakeHash; finalImageTag = "7";', 'incomplete'],
  ['hash = ""; finalImageTag = "7";', 'incomplete'],
  ['sha256 = builtins.readFile ./hash; finalImageTag = "7";', 'unfollowable'],
])('%s is %s', (rest, state) => {
  expect(list(call(rest)).pins).toMatchObject([{ state }]);
});

test('a file that is not Nix is a problem with its place, and the others are read', () => {
  const broken = list('{ image = "redis:1@sha256:aaa"; } }');
  expect(broken.problems).toMatchObject([{ file: 'a.nix', line: 1, column: 35, code: 'unreadable' }]);
});

test.each([
  ['hash = builtins.readFile ./hash; finalImageTag = "7";', [/^hash cannot be followed: .*readFile/]],
  ['hash = f "x"; sha256 = g; finalImageTag = "7";', [/^hash cannot be followed/, /^sha256 cannot be followed/]],
  ['hash = f "x"; # pullpin: freeze\n', []],
])('a hash that cannot be followed is reported with its attribute: %s', (rest, messages) => {
  const expected = messages.map((message) => ({
    code: 'unfollowable',
    line: 2,
    message: expect.stringMatching(message),
    imageDigest: DIGEST,
  }));
  expect(list(call(rest)).problems).toMatchObject(expected);
});
