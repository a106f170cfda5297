import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { MAX_ENTRY, nameOfQuestion, readSharedEntry, writeSharedEntry } from '../../src/shared-cache/entries/entry.js';
import { formatKey, type KeyText, parsePublicKey, parseSecretKey } from '../../src/shared-cache/entries/key-text.js';
import { makeKeyPair, signerOf, TrustedKeys } from '../../src/shared-cache/entries/keys.js';

const QUESTION = { kind: 'hash', key: 'docker-archive 1 sha256:aa application/x redis:7.4' } as const;
const ANSWER = { sha256: `sha256:${'0'.repeat(64)}`, size: 5 };
const [team, other] = [makeKeyPair('team-1'), makeKeyPair('other-1')];
const trusted = new TrustedKeys([team.publicKey]);

function signed(secret: KeyText, question = QUESTION, answer: object = ANSWER): string {
  const signer = signerOf(secret);
  const entry = signer && writeSharedEntry(question, { ...answer }, signer);
  if (!entry) throw new Error('the entry cannot be written');
  return Buffer.from(entry).toString();
}

const read = (text: string | Uint8Array, question: { kind: 'hash' | 'layer'; key: string } = QUESTION) =>
  readSharedEntry(Buffer.from(text), question, trusted);

describe('an entry', () => {
  test('of a trusted key is believed', () => {
    expect(read(signed(team.secret))).toEqual({ answer: ANSWER });
  });

  test('has the same bytes each time, so that two who write it at once write the same', () => {
    expect(signed(team.secret)).toBe(signed(team.secret));
  });

  test('is believed with a signature of another key in front of the trusted one, as while keys change', () => {
    const [line, own] = signed(team.secret).split('\n');
    const foreign = signed(other.secret).split('\n')[1];
    expect(read(`${line}\n${foreign}\n${own}\n`)).toEqual({ answer: ANSWER });
  });

  const good = signed(team.secret);
  const [line = '', signature = ''] = good.split('\n');
  const renamed = { ...other.secret, name: 'team-1' };
  test.each([
    ['is empty', '', 'not an entry'],
    ['is a web page', '<html>Sign in</html>', 'not an entry'],
    ['has no signature', `${line}\n`, 'no signature'],
    ['is cut off', good.slice(0, -20), 'no signature'],
    ['has no line end after the first line', `${line} ${signature}`, 'no signature'],
    ['is signed with an unknown key', signed(other.secret), 'key other-1, and no trusted key has this name'],
    ['is signed with another key of the same name', signed(renamed), 'not one of the trusted key team-1'],
    ['was changed after it was signed', good.replace('"size":5', '"size":6'), 'not one of the trusted key team-1'],
    ['has a space more in what is signed', good.replace('{', '{ '), 'not one of the trusted key team-1'],
    [
      'has the trusted signature too far behind',
      `${line}${'\nsignature x:y'.repeat(20)}\n${signature}\n`,
      'no signature',
    ],
    ['is too large', good.padEnd(MAX_ENTRY + 1), 'more than'],
  ])('that %s is not believed', (_, text, reason) => {
    expect(read(text)).toEqual({ reason: expect.stringContaining(reason) });
  });

  test('that was copied to the name of another question is not believed there', () => {
    const question = { ...QUESTION, key: QUESTION.key.replace('redis:7.4', 'redis:7.2') };
    expect(nameOfQuestion(question)).not.toBe(nameOfQuestion(QUESTION));
    expect(read(good, question)).toEqual({ reason: 'is the answer to another question' });
    expect(read(good, { kind: 'layer', key: QUESTION.key })).toEqual({ reason: 'is the answer to another question' });
  });

  test('of another version, or with no object as its answer, is not believed though a trusted key signed it', () => {
    const signer = signerOf(team.secret);
    const sign = (text: string): string => {
      const by = Buffer.from(signer?.sign(Buffer.from(`pullpin shared cache\n${text}`)) ?? []).toString('base64');
      return `${text}\nsignature team-1:${by}\n`;
    };
    const question = `hash ${QUESTION.key}`;
    expect(read(sign(JSON.stringify({ version: 1, question, answer: ANSWER })))).toEqual({ answer: ANSWER });
    for (const content of [
      { version: 2, question, answer: ANSWER },
      { version: 1, question, answer: 'x' },
      { version: 1, question, answer: null },
      { version: 1, question },
      [],
    ])
      expect(read(sign(JSON.stringify(content)))).toHaveProperty('reason');
    expect(read(sign('not JSON'))).toHaveProperty('reason');
  });

  test('that would be too large is not written', () => {
    const signer = signerOf(team.secret);
    expect(signer && writeSharedEntry(QUESTION, { config: 'x'.repeat(MAX_ENTRY) }, signer)).toBeUndefined();
  });
});

describe('keys', () => {
  test('are those of Nix: it reads ours, and we read those that it makes', async () => {
    const { stdout } = await execa('nix', [
      '--extra-experimental-features',
      'nix-command',
      'key',
      'generate-secret',
      '--key-name',
      'nix-1',
    ]);
    const secret = parseSecretKey(`${stdout}\n`);
    const toPublic = async (text: string) =>
      (
        await execa('nix', ['--extra-experimental-features', 'nix-command', 'key', 'convert-secret-to-public'], {
          input: text,
        })
      ).stdout;
    const signer = secret && signerOf(secret);
    expect(signer && formatKey(signer.publicKey)).toBe(await toPublic(stdout));
    expect(await toPublic(formatKey(team.secret))).toBe(formatKey(team.publicKey));
  });

  test('whose public half is that of another key are refused', () => {
    const mixed = Buffer.concat([team.secret.bytes.slice(0, 32), other.publicKey.bytes]);
    expect(signerOf({ name: 'mixed', bytes: mixed })).toBeUndefined();
  });

  test('are read as they are written', () => {
    expect(formatKey(parsePublicKey(formatKey(team.publicKey)))).toBe(formatKey(team.publicKey));
  });

  test.each([
    '',
    'team-1',
    'team-1:',
    'team-1:AAAA',
    ':AAAA',
    `a b:${'A'.repeat(43)}=`,
    `x:${'A'.repeat(43)}`,
    `x:${'é'.repeat(44)}`,
  ])('are not %j', (text) => expect(() => parsePublicKey(text)).toThrow('--shared-cache-key is NAME:BASE64'));

  test('that are secret are never shown where a public one belongs', () => {
    const secret = formatKey(team.secret);
    const shown = (() => {
      try {
        return String(parsePublicKey(secret));
      } catch (error) {
        return String(error);
      }
    })();
    expect(shown).toContain('this is a secret one');
    expect(shown).not.toContain(secret.slice(10, 30));
  });
});
