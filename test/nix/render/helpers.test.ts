import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RENOVATE_HELPERS } from '../../../src/nix/render/helpers/renovate-helpers.js';
import { compileTemplateFile, TemplateError } from '../../../src/nix/render/user-template/template-file.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** Applies a template that lies in a folder with other files. */
async function write(template: string, values = {}, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const file = join(folder, 'own.hbs');
  writeFileSync(file, template);
  return (await compileTemplateFile(file)).apply({ tag: 'v7.4-alpine', none: null, ...values });
}

describe('the helpers that Renovate has mean the same', () => {
  // What Renovate's own helpers give, which are written in JavaScript: https://docs.renovatebot.com/templates/
  test.each<[string, string]>([
    ['{{replace "^v" "" tag}}', 'v7.4-alpine'.replace(/^v/g, '')],
    ['{{replace "[aeiou]" "<$&>" tag}}', 'v7.4-alpine'.replace(/[aeiou]/g, '<$&>')],
    ['{{replace "([0-9])\\.([0-9])" "$2.$1 $$ $3" tag}}', 'v7.4-alpine'.replace(/([0-9])\.([0-9])/g, '$2.$1 $$ $3')],
    ['{{replace "(?<name>[0-9])" "[$<name>]$12" tag}}', 'v7.4-alpine'.replace(/(?<name>[0-9])/g, '[$<name>]$12')],
    ['{{replace "" "-" "ab"}}', 'ab'.replace(/(?:)/g, '-')],
    ['{{replace "x" "y" none}}', ''],
    ['{{lowercase "ABC"}}', 'abc'],
    ['{{lookup (split tag ".") 0}}', 'v7'],
    ['{{#each (split "a,b" ",")}}<{{this}}>{{/each}}', '<a><b>'],
    ['{{#if (containsString tag "alpine")}}yes{{/if}}', 'yes'],
    ['{{#if (equals tag "v7")}}yes{{else}}no{{/if}}', 'no'],
    ['{{#if (includes (split tag "-") "alpine")}}yes{{/if}}', 'yes'],
    ['{{#if (and tag (equals 1 1))}}yes{{/if}}{{#if (and tag none)}}no{{/if}}', 'yes'],
    ['{{#if (or none tag)}}yes{{/if}}', 'yes'],
    ['{{add 1 2}}', '3'],
    ['{{json (distinct (toArray 1 2 1))}}', '[1,2]'],
    ['{{toJSON (toObject "a" 1 "b" tag)}}', '{"a":1,"b":"v7.4-alpine"}'],
    ['{{json (lookupArray (toArray (toObject "a" 1) (toObject "b" 2) "x" (toObject "a" 3)) "a")}}', '[1,3]'],
    ['{{json (lookupArray tag "length")}}{{json (lookupArray (toArray (toObject "a" 1)) "constructor")}}', '[][]'],
    ['{{toJSON tag}}', '"v7.4-alpine"'],
    ['{{{stringToPrettyJSON "{\\"a\\":[1]}"}}}', '{\n  "a": [\n    1\n  ]\n}'.replace(/\\/g, '')],
    ['{{encodeURIComponent "a/b c"}} {{decodeURIComponent "a%2Fb"}}', 'a%2Fb%20c a/b'],
    ['{{encodeBase64 "hello"}} {{decodeBase64 "aGVsbG8="}}', 'aGVsbG8= hello'],
  ])('%s', async (template, expected) => {
    const isJson = template.includes('PrettyJSON');
    const own = isJson ? '{{stringToPrettyJSON text}}' : template;
    expect(await write(own, isJson ? { text: '{"a":[1]}' } : {})).toBe(expected);
  });

  test('each of them refuses a value that does not exist', async () => {
    for (const name of [...Object.keys(RENOVATE_HELPERS), 'replace "a" "b"'])
      await expect(write(`\n{{json (${name} misspelled)}}`), name).rejects.toThrow(
        /own\.hbs:2: there is no value called '.*' for /,
      );
  });

  test.each([
    ['{{replace "(" "" tag}}', "own.hbs:1: '(' is not a regular expression"],
    ['{{replace "(?=a)" "" tag}}', "own.hbs:1: '(?=a)' cannot be used"],
    ['{{stringToPrettyJSON "{"}}', 'own.hbs:1: stringToPrettyJSON cannot read this text'],
    ['{{decodeURIComponent "%"}}', 'own.hbs:1: decodeURIComponent cannot read this text'],
    ['{{toJSON (toObject "a" 1 "b")}}', 'own.hbs:1: toObject wants a value behind each name'],
    ['{{#indent 41}}x{{/indent}}', 'own.hbs:1: indent is a block with a number of spaces'],
    ['{{indent 4}}', 'own.hbs:1: indent is a block'],
  ])('a mistake is one line: %s', async (template, message) => {
    const failure = await write(template).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TemplateError);
    expect((failure as TemplateError).message).toContain(message);
  });

  test('a hostile expression takes no time, and what grows without end is refused', async () => {
    expect(await write('{{replace "(a*)*b" "" text}}', { text: 'a'.repeat(50_000) })).toHaveLength(50_000);
    const growing = `{{replace "" "${'x'.repeat(1000)}" text}}`;
    await expect(write(growing, { text: 'a'.repeat(50_000) })).rejects.toThrow('more than 16 MiB');
  });

  test.each([
    ['a', 'a'],
    ['a\nb', 'a\n  b'],
    ['a\nb\n', 'a\n  b'],
    ['a\n\nb\n\n', 'a\n\n  b\n'],
    ['\na', '\n  a'],
    ['', ''],
  ])('indent puts spaces in front of each line of %j but the first and the empty ones', async (text, expected) => {
    expect(await write('{{#indent 2}}{{text}}{{/indent}}', { text })).toBe(expected);
    expect(await write('{{#indent 0}}{{text}}{{/indent}}', { text })).toBe(text.replace(/\n$/, ''));
  });

  test('indent takes whole numbers up to 40', async () => {
    expect(await write('{{#indent 40}}a\nb{{/indent}}')).toBe(`a\n${' '.repeat(40)}b`);
    for (const bad of ['{{#indent -1}}x{{/indent}}', '{{#indent 1.5}}x{{/indent}}', '{{#indent "2"}}x{{/indent}}'])
      await expect(write(bad), bad).rejects.toThrow('indent is a block with a number of spaces from 0 to 40');
    for (const bad of ['{{#indent}}x{{/indent}}', '{{#indent 1 2}}x{{/indent}}', '{{json (indent 4)}}'])
      await expect(write(bad), bad).rejects.toThrow('indent is a block with a number of spaces from 0 to 40');
  });

  test('what indent writes is bounded', async () => {
    const deep = `${'{{#indent 40}}'.repeat(90)}{{text}}${'{{/indent}}'.repeat(90)}`;
    await expect(write(deep, { text: '\nx'.repeat(100_000) })).rejects.toThrow('writes too much');
  });
});

test('stringToPrettyJSON lets no control character through', async () => {
  expect(await write('{{stringToPrettyJSON text}}', { text: '{"a":"\u009b\u2028\u{e0001}"}' })).toBe(
    '{\n  "a": "\\u009b\\u2028\\udb40\\udc01"\n}',
  );
});

test.each([
  ['redis:7.4@sha256:00', 'redis:7.4@sha256:00'],
  ['ghcr.io/a/b-c_d:1', 'ghcr.io/a/b-c_d:1'],
  ...['yes', 'NULL', '1e3', '127.0.0.1:5000/a', 'a: b', 'a #b', '- a', '', 'a:', '"', '\n'].map((text) => [
    text,
    JSON.stringify(text),
  ]),
])('yamlString %j', async (text, expected) => {
  expect(await write('{{yamlString text}}', { text })).toBe(expected);
});

describe('partials', () => {
  test('lie beside the template, and may use each other', async () => {
    const files = { 'one.hbs': 'one {{> two}}', 'two.hbs': 'two {{tag}}' };
    expect(await write('{{> one}}; {{> two tag="8"}}', {}, files)).toBe('one two v7.4-alpine; two 8');
  });

  test('take the place of built-in ones', async () => {
    expect(await write('{{> attrs}}', {}, { 'attrs.hbs': 'own' })).toBe('own');
  });

  test.each([
    ['{{> missing}}', {}, "own.hbs:1: there is no partial 'missing', and no file missing.hbs beside the template"],
    ['{{> one}}', { 'one.hbs': 'a\n{{misspelled}}' }, "one.hbs:2: there is no value or helper called 'misspelled'"],
    ['{{> one}}', { 'one.hbs': 'a\n{{lowercase misspelled}}' }, "one.hbs:2: there is no value called 'misspelled' for"],
    ['{{> one}}', { 'one.hbs': '\n{{#if tag}}' }, 'one.hbs:2: a block such as'],
    ['{{> one}}', { 'one.hbs': '{{constructor}}' }, "one.hbs:1: there is no value or helper called 'constructor'"],
    ['{{> one}}', { 'one.hbs': '{{> one}}' }, 'calls itself without end'],
    ['{{> one}}', { 'one.hbs': 'x'.repeat(300_000) }, 'one.hbs:1: the template is larger than 256 KiB'],
  ])('a mistake is reported with its own file: %s %#', async (template, files, message) => {
    await expect(write(template, {}, files as Readonly<Record<string, string>>)).rejects.toThrow(message);
  });

  test('decide with the template how often it is applied', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'all.hbs'), '{{#each pins}}{{name}}{{/each}}');
    writeFileSync(join(folder, 'own.hbs'), '{{> all}}');
    expect((await compileTemplateFile(join(folder, 'own.hbs'))).appliedTo).toBe('pins');
  });

  test('are read from no other place', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'secret.hbs'), 'secret');
    writeFileSync(join(folder, 'inner', 'deep.hbs'), 'deep');
    symlinkSync(join(folder, 'secret.hbs'), join(folder, 'inner', 'link.hbs'));
    mkdirSync(join(folder, 'inner', 'folder.hbs'));
    const file = join(folder, 'inner', 'own.hbs');
    for (const name of [
      '[../secret]',
      '"../secret"',
      'link',
      '"/etc/passwd"',
      '".."',
      '../secret',
      'a/b',
      '[deep.hbs/../../secret]',
    ]) {
      writeFileSync(file, `{{> ${name}}}`);
      const failure = await compileTemplateFile(file)
        .then(({ apply }) => apply({}))
        .catch((error: unknown) => error);
      expect(failure, name).toBeInstanceOf(TemplateError);
      expect((failure as TemplateError).message, name).toContain('there is no partial');
    }
    writeFileSync(file, '{{> folder}}');
    await expect(compileTemplateFile(file)).rejects.toThrow('folder.hbs: is not a regular file');
    writeFileSync(file, '{{> (lookup . "tag")}}');
    const { apply } = await compileTemplateFile(file);
    expect(() => apply({ tag: 'deep' })).toThrow("there is no partial 'deep'");
  });

  test('are at most 50', async () => {
    const files = Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`p${at}.hbs`, 'x']));
    const template = Array.from({ length: 51 }, (_, at) => `{{> p${at}}}`).join('');
    await expect(write(template, {}, files)).rejects.toThrow('a template uses at most 50 partials');
  });
});
