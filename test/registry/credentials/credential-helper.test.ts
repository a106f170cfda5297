import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CredentialHelperError, createHelperRunner } from '../../../src/registry/credentials/credential-helper.js';
import { credentialHelpers } from '../../support/credential-helpers.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const ask = (script: string, timeLimit?: number) => {
  const { environment } = credentialHelpers({ test: script });
  return createHelperRunner(environment, timeLimit)({ name: 'test', server: 'quay.io', file: '/home/ada/config.json' });
};

describe('what a helper answers', () => {
  test.each([
    [
      `echo '{"ServerURL":"quay.io","Username":"ada","Secret":"s:e c"}'`,
      { kind: 'basic', username: 'ada', password: 's:e c' },
    ],
    [`echo '{"Username":"<token>","Secret":"refresh"}'`, { kind: 'identity-token', token: 'refresh' }],
    [`printf '{"Username":"ada","Secret":"%s"}' "$server"`, { kind: 'basic', username: 'ada', password: 'quay.io' }],
    [`printf '{"Username":"%s","Secret":"x"}' "$*"`, { kind: 'basic', username: 'get', password: 'x' }],
    [`echo '{"Username":"","Secret":""}'`, undefined],
    ['echo credentials not found in native keychain; exit 1', undefined],
    ['echo "Error: Credentials not found for host" >&2; exit 1', undefined],
  ])('%s', async (script, expected) => {
    expect(await ask(script)).toEqual(expected);
  });

  test('it sees the environment that was passed in, and no other', async () => {
    const { environment } = credentialHelpers({ test: `printf '{"Username":"%s","Secret":"%s"}' "$GIVEN" "$OTHER"` });
    process.env['OTHER'] = 'leaked';
    const run = createHelperRunner({ ...environment, GIVEN: 'given' });
    expect(await run({ name: 'test', server: 'quay.io', file: 'f' })).toMatchObject({
      username: 'given',
      password: '',
    });
    delete process.env['OTHER'];
  });
});

describe('a helper that does not do its work is named, with the file that asked for it', () => {
  test.each([
    ['echo "aws: no credentials" >&2; echo "{Secret: hidden}"; exit 3', 'failed with exit code 3: aws: no credentials'],
    ['echo "first" >&2; echo "the vault is locked" >&2; exit 1', 'failed with exit code 1: the vault is locked'],
    ['echo "hidden"; exit 1', 'failed with exit code 1'],
    ['echo "no login for ada:hidden2 at quay.io" >&2; exit 1', 'failed with exit code 1: no login for … at …'],
    ['echo "bad token: hidden" >&2; exit 1', 'failed with exit code 1: bad token: …'],
    ['echo "the password is hidden really" >&2; exit 1', 'failed with exit code 1: the password is …'],
    ['echo "ada=hidden" >&2; exit 1', 'failed with exit code 1: ada …'],
    ['echo "S3crethidden" >&2; exit 1', 'failed with exit code 1: …'],
    [`echo '{"Username":"ada","Secret":"hidden"}'; exit 1`, 'failed with exit code 1'],
    ['printf "\\033[31mred" >&2; exit 1', 'failed with exit code 1: …'],
    ['kill -9 $$', 'failed'],
    ['echo hidden', 'answered something else than JSON'],
    ['echo null', 'answered something else than JSON'],
    [`echo '{"Username":"ada","Secret":5}'`, 'answered something else than JSON'],
    ['head -c 3000000 /dev/zero', 'printed more than any login can be'],
  ])('%s', async (script, problem) => {
    const error = await ask(script).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CredentialHelperError);
    expect((error as Error).message).toContain(
      `the credential helper docker-credential-test, named in /home/ada/config.json, ${problem}`,
    );
    expect(String((error as Error).stack) + JSON.stringify(error)).not.toContain('hidden');
  });

  test('a helper that never answers is ended', async () => {
    const start = Date.now();
    await expect(ask('exec sleep 6', 200)).rejects.toThrow('did not answer within 0.2 seconds');
    await expect(ask('sleep 6; echo late', 200)).rejects.toThrow('did not answer within 0.2 seconds');
    await expect(ask('trap "" TERM; while :; do sleep 0.1; done', 200)).rejects.toThrow('did not answer');
    expect(Date.now() - start).toBeLessThan(5000);
  });

  test('a helper that does not exist, and one that cannot be run', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'docker-credential-plain'), '');
    chmodSync(join(folder, 'docker-credential-plain'), 0o644);
    const run = createHelperRunner({ PATH: folder });
    await expect(run({ name: 'none', server: 's', file: '/f' })).rejects.toThrow(
      'docker-credential-none, named in /f, is not on the PATH; install it, or take it out of that file',
    );
    await expect(run({ name: 'plain', server: 's', file: '/f' })).rejects.toThrow(
      'docker-credential-plain, named in /f,',
    );
  });

  test.each(['../evil', '/bin/sh', 'a b', '', '-x', 'a;b', 'a\nb'])('%j is not the name of a program', async (name) => {
    const run = createHelperRunner({ PATH: process.env['PATH'] });
    await expect(run({ name, server: 's', file: '/f' })).rejects.toThrow('is not the name of a program');
  });
});
