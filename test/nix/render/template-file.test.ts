import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { compileTemplateFile, TemplateError } from '../../../src/nix/render/template-file.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const VALUES = { imageName: 'redis', tag: null, tlsVerify: true };

function file(text: string): string {
  const path = join(temporaryFolder(), 'own.hbs');
  writeFileSync(path, text);
  return path;
}

test('nothing is escaped but by the helpers', async () => {
  const { apply } = await compileTemplateFile(file('{{imageName}} = {{nixString imageName}};'));
  const dollar = '$';
  expect(apply({ ...VALUES, imageName: `<a> & "b" = ${dollar}{c}` })).toBe(
    `<a> & "b" = ${dollar}{c} = "<a> & \\"b\\" = \\${dollar}{c}";`,
  );
});

test.each<[string, boolean]>([
  ['{{#each pins}}{{imageName}}{{/each}}', true],
  ['{{json pins}}', true],
  ['{{#if imageName}}{{#each (lookup . "x")}}{{../pins}}{{/each}}{{/if}}', true],
  ['{{imageName}} pins {{! pins }}', false],
  ['{{imageName.pins}}', false],
])('%s gathers: %s', async (text, gathers) => {
  expect((await compileTemplateFile(file(text))).gathers).toBe(gathers);
});

test.each<[string, number | undefined, RegExp]>([
  ['a\n\n{{/if}}', 3, /^\{\{\/…\}\} closes no block$/],
  ['{{#if tag}}\nx', 2, /^a block such as \{\{#if …\}\} is not closed$/],
  ['{{#if tag}}x{{/each}}', 1, /^\{\{#if\}\} is closed by \{\{\/each\}\}$/],
  ['a\n{{imageName', 2, /not complete/],
  ['a\n{{> other}}', 2, /^there is no partial 'other'/],
  ['{{#each}}{{/each}}', undefined, /each/],
  ['\n{{imageName.nosuch}}', undefined, /^there is no value called 'nosuch' in a text$/],
  [
    '{{nosuch imageName}}',
    1,
    /^there is no value or helper called 'nosuch'; there are the values imageName, tag, tlsVerify, and the helpers nixString/,
  ],
  [
    'a\n{{imageNam}}',
    2,
    /^there is no value or helper called 'imageNam'; did you mean imageName\? There are the values/,
  ],
  ['{{nixStrin imageName}}', 1, /did you mean nixString\?/],
  ['{{imageName.constructor}}', undefined, /constructor/],
  ['{{json}', 1, /not complete/],
])('a mistake is reported with its line, in our words: %j', async (text, line, words) => {
  const path = file(text);
  const failure = await compileTemplateFile(path)
    .then(({ apply }) => apply(VALUES))
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TemplateError);
  expect(failure).toMatchObject({ file: path, line, problem: expect.stringMatching(words) });
  expect((failure as TemplateError).message).not.toMatch(/[\n\p{C}]/u);
});

test('a name that is neither a template nor a file is a usage error with a suggestion, or with all templates', async () => {
  await expect(compileTemplateFile('pullimage')).rejects.toThrow(UsageError);
  await expect(compileTemplateFile('pullimage')).rejects.toThrow(
    "there is no template 'pullimage', and no file of that name; did you mean pull-image?",
  );
  await expect(compileTemplateFile('other')).rejects.toThrow(
    'the templates are pull-image, attrs, nix2container, oci-string, and files of your own',
  );
});

test('a folder is not a template', async () => {
  await expect(compileTemplateFile(temporaryFolder())).rejects.toThrow(/: is not a regular file/);
});
