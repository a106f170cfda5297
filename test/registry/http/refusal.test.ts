import { expect, test } from 'vitest';
import { refusal } from '../../../src/registry/http/refusal.js';

const HUB = 'registry-1.docker.io';
const [NO_NAME, NO_MANIFEST] = ['NAME_UNKNOWN', 'MANIFEST_UNKNOWN'];

test.each([
  ['acme/web:1', HUB, 404, NO_NAME, 'Docker Hub has no such repository; check its name'],
  ['ghcr.io/acme/web:1', 'ghcr.io', 404, NO_NAME, 'the registry has no such repository; check its name'],
  ['ghcr.io/acme/web:1', 'mirror.example', 404, NO_NAME, 'the registry has no such repository; check its name'],
  ['acme/web:1', 'mirror.example', 404, NO_NAME, 'mirror.example has no such repository; check its name'],
  [
    'redis:9',
    HUB,
    404,
    NO_MANIFEST,
    'Docker Hub has no such tag, or no such repository; to list its tags: pullpin tags redis',
  ],
  [
    'localhost:5000/web',
    'localhost:5000',
    404,
    NO_MANIFEST,
    "the registry has no tag 'latest', which a name without a tag stands for, or no such repository; to list its tags: pullpin tags localhost:5000/web",
  ],
  [
    '[::1]:5000/web:1',
    '[::1]:5000',
    404,
    NO_MANIFEST,
    "the registry has no such tag, or no such repository; to list its tags: pullpin tags '[::1]:5000/web'",
  ],
  ['redis:9', HUB, 404, '', 'not found: no such repository or tag (status 404); to list its tags: pullpin tags redis'],
  ['redis', HUB, 404, '', 'not found: no such repository or tag (status 404)'],
  [
    'acme/web:1',
    HUB,
    401,
    '',
    "Docker Hub has no such repository, or it is private (status 401); to read a private one log in with 'docker login' or 'podman login'",
  ],
] as const)('%s, which %s answers with status %i and code %j', (subject, host, status, code, problem) => {
  const head = { status, headers: new Map<string, string>(), url: new URL(`https://${host}/v2/`) };
  const text = code === '' ? '' : JSON.stringify({ errors: [{ code, message: '' }] });
  expect(refusal(subject, head, text).message).toBe(`${subject}: ${problem}`);
});
