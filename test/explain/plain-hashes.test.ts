import { expect, test } from 'vitest';
import { runInProcess } from '../support/run-in-process.js';

const PLACEHOLDER = `sha256-${'A'.repeat(43)}=`;
const EMPTY_FILE = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

/** What `explain` says of a hash of an image of a registry that nobody can reach. */
const explained = (image: string, got: string, ...options: string[]) =>
  runInProcess(['explain', '--image', image, '--got', got, ...options]);

test.each([
  ['127.0.0.1:9/web', [], 'pullpin 127.0.0.1:9/web'],
  [`127.0.0.1:9/web@sha256:${'1'.repeat(64)}`, [], `pullpin 127.0.0.1:9/web@sha256:${'1'.repeat(64)}`],
  ['127.0.0.1:9/web:1', ['--system', 'aarch64-linux'], 'pullpin --system aarch64-linux 127.0.0.1:9/web:1'],
  ['127.0.0.1:9/web:1', ['--platform', 'linux/arm64'], 'pullpin --system aarch64-linux 127.0.0.1:9/web:1'],
  ['127.0.0.1:9/web:1', ['--platform', 'windows/amd64'], 'pullpin --platform windows/amd64 127.0.0.1:9/web:1'],
  ['[::1]:9/web:1', [], "pullpin '[::1]:9/web:1'"],
])('a placeholder for %s with %j takes no request', async (image, options, command) => {
  const { stdout, stderr, exitCode } = await explained(image, PLACEHOLDER, ...options);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toContain(`pullpin bump --hashes FILE does that in a file, and ${command} prints the pin\n`);
});

test('the hash of an empty file takes no request', async () => {
  const { stdout, stderr, exitCode } = await explained('127.0.0.1:9/web', EMPTY_FILE);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toContain('this is an empty file\n');
});
