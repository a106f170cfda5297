import { expect, test } from 'vitest';
import { parseReference } from '../../../src/oci/reference.js';
import { type Asked, refusal } from '../../../src/registry/http/refusal.js';
import { askedByDigest, askedManifest } from '../../../src/registry/repository/subject.js';

const HUB = 'registry-1.docker.io';
const [NO_NAME, NO_MANIFEST, NO_BLOB] = ['NAME_UNKNOWN', 'MANIFEST_UNKNOWN', 'BLOB_UNKNOWN'];
const DIGEST = `sha256:${'1'.repeat(64)}` as const;

/** The answer of a host to what was asked for, as a message says it behind its subject. */
function problemOf(asked: Asked, host: string, status: number, code: string): string {
  const head = { status, headers: new Map<string, string>(), url: new URL(`https://${host}/v2/`) };
  const text = code === '' ? '' : JSON.stringify({ errors: [{ code, message: '' }] });
  const { message } = refusal(asked, head, text);
  expect(message.startsWith(`${asked.subject}: `)).toBe(true);
  return message.slice(asked.subject.length + 2);
}

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
  [
    'redis',
    HUB,
    404,
    '',
    "not found: no such repository or tag 'latest' (status 404); to list its tags: pullpin tags redis",
  ],
  [
    `redis@${DIGEST}`,
    HUB,
    404,
    NO_MANIFEST,
    'Docker Hub has no manifest with this digest in this repository; it may have been deleted',
  ],
  [`redis@${DIGEST}`, HUB, 404, '', 'not found: no such repository or digest (status 404)'],
  [
    'acme/web:1',
    HUB,
    401,
    '',
    "Docker Hub has no such repository, or it is private (status 401); to read a private one log in with 'docker login' or 'podman login'",
  ],
] as const)('%s, which %s answers with status %i and code %j', (image, host, status, code, problem) => {
  const reference = parseReference(image);
  const asked = askedManifest(reference, reference.digest ?? reference.tag ?? 'latest');
  expect(asked.subject).toBe(image);
  expect(problemOf(asked, host, status, code)).toBe(problem);
});

test.each([NO_MANIFEST, ''])('a list of tags that is not there, with code %j, is no missing tag', (code) => {
  for (const subject of ['redis', 'localhost:5000/web', 'localhost/web'])
    expect(problemOf({ subject, what: 'tags', repository: subject }, HUB, 404, code)).toMatch(
      /^not found: no such repository, or one without a list of tags \(status 404/,
    );
});

test.each([
  ['redis', HUB, 'Docker Hub'],
  ['redis', 'mirror.example', 'mirror.example'],
  ['ghcr.io/acme/web', 'ghcr.io', 'the registry'],
])('a blob of %s that is not at %s', (repository, host, place) => {
  expect(problemOf(askedByDigest(repository, DIGEST, 'blob'), host, 404, NO_BLOB)).toBe(
    `${place} has lost this blob, though a manifest refers to it; push the image again`,
  );
});

test.each([
  [{ subject: 'the manifest in localhost/web', what: 'upload', repository: 'localhost/web' }, 'the registry'],
  [{ subject: 'the token server https://auth.example/', what: 'token', repository: undefined }, 'auth.example'],
] as const)('%j says who has answered by what was asked, and not by its text', (asked, place) => {
  expect(problemOf(asked, 'auth.example', 401, '')).toMatch(new RegExp(`^${place} has no such repository`));
});
