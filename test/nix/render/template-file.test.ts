import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { TEMPLATE_NAMES } from '../../../src/nix/render/built-in/template-table.js';
import { compileTemplateFile, TemplateError } from '../../../src/nix/render/user-template/template-file.js';
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

test.each<[string, string]>([
  ['{{#each pins}}{{imageName}}{{/each}}', 'pins'],
  ['{{json pins}}', 'pins'],
  ['{{#if imageName}}{{#each (lookup . "x")}}{{../pins}}{{/each}}{{/if}}', 'pins'],
  ['{{#each systems}}{{imageName}}{{/each}}', 'image'],
  ['{{#each images}}{{#each systems}}{{imageName}}{{/each}}{{/each}}', 'images'],
  ['{{imageName}} pins {{! pins }}', 'pin'],
  ['{{imageName.pins}}', 'pin'],
])('%s is applied to: %s', async (text, appliedTo) => {
  expect((await compileTemplateFile(file(text))).appliedTo).toBe(appliedTo);
});

test.each<[string, number | undefined, RegExp]>([
  ['a\n\n{{/if}}', 3, /^\{\{\/…\}\} closes no block$/],
  ['{{#if tag}}\nx', 2, /^a block such as \{\{#if …\}\} is not closed$/],
  ['{{#if tag}}x{{/each}}', 1, /^\{\{#if\}\} is closed by \{\{\/each\}\}$/],
  ['a\n{{imageName', 2, /not complete/],
  ['a\n{{> other}}', 2, /^there is no partial 'other'/],
  ['{{#each}}{{/each}}', 1, /^\{\{#each\}\} wants one value$/],
  ['\n{{imageName.nosuch}}', 2, /^there is no value called 'nosuch' in a text$/],
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
  ['a\n{{image.name}}', 2, /^there is no value called 'image\.name': write imageName$/],
  ['{{pin.tag}}', 1, /^there is no value called 'pin\.tag': write tag$/],
  ['{{a.b.c}}', 1, /^there is no value called 'a\.b\.c'; there are the values imageName, tag, tlsVerify$/],
  ['a\n{{nixString tag}}', 2, /^tag is null for this image: write \{\{#if tag\}\} around it$/],
  ['{{concat imageName ":" tag}}', 1, /^tag is null for this image/],
  ['{{yamlString tag}}', 1, /^tag is null for this image/],
  ['a\nb\n{{nixString}}', 3, /^nixString wants text: \{\{nixString imageName\}\}$/],
  ['\n{{yamlString}}', 2, /^yamlString wants text/],
  ...['__proto__', 'constructor', 'toString', 'helperMissing', 'blockHelperMissing', 'hasOwnProperty'].flatMap(
    (name): [string, number, RegExp][] => [
      [`a\n{{${name}}}`, 2, new RegExp(`^there is no value or helper called '${name}'$`)],
      [`a\n{{${name} "x"}}`, 2, new RegExp(`^there is no value or helper called '${name}'$`)],
      [`a\n{{#${name}}}x{{/${name}}}`, 2, new RegExp(`^there is no value or helper called '${name}'$`)],
      [`a\n{{imageName.${name}}}`, 2, new RegExp(`^there is no value or helper called '${name}'$`)],
      [`a\n{{lookup this "${name}"}}`, 2, new RegExp(`^there is no value called '${name}' to look up$`)],
    ],
  ),
  ['{{constructor.constructor}}', 1, /^there is no value or helper called 'constructor'$/],
  ...['with', 'if', 'unless', 'each'].map((name): [string, number, RegExp] => [
    `a\n{{#${name} misspelled}}x{{/${name}}}`,
    2,
    new RegExp(`^there is no value called 'misspelled' for ${name}$`),
  ]),
  ['{{json misspelled}}', 1, /^there is no value called 'misspelled' for json$/],
  ['{{#each imageName}}x{{/each}}', 1, /^\{\{#each\}\} wants a list$/],
  ['{{lookup this}}', 1, /^lookup wants a value and a name$/],
  ['{{* a}}', 1, /^a template has no decorators$/],
  [`a\n${'{{#if imageName}}'.repeat(5000)}${'{{/if}}'.repeat(5000)}`, 2, /nested more than 100 levels deep/],
  [`a\n{{json ${'(json '.repeat(5000)}imageName${')'.repeat(5000)}}}`, 2, /nested more than 100 levels deep/],
  ['x'.repeat(300_000), 1, /larger than 256 KiB/],
  ['{{#*inline "a"}}{{> a}}{{/inline}}{{> a}}', undefined, /calls itself without end/],
  ['{{json}', 1, /not complete/],
  ['{{a b=}}', 1, /^this is not valid in a template$/],
  ['a\n{{(imageName)}}', 2, /^this is not valid in a template$/],
  ['{{{a}}', 1, /^this is not valid in a template$/],
  ['\n{{else}}', 2, /^\{\{else\}\} stands in no block$/],
  ['{{^}}', 1, /^\{\{else\}\} stands in no block$/],
  ['{{a "}}', 1, /^what stands between \{\{ and \}\} is not complete$/],
  ['{{imageName "x"}}', undefined, /^a value or a helper is used here in a way that templates do not have$/],
  ['\n{{> a/b}}', 2, /^there is no partial 'a\/b', and no file a\/b\.hbs beside the template$/],
  ['{{tag.x}}', 1, /^there is no value called 'tag\.x'; there are the values imageName, tag, tlsVerify$/],
  // What stands in the template is shown in the errors of Handlebars, and may read as one.
  ['"x" not defined in {{', 1, /^a block such as \{\{#if …\}\} is not closed$/],
  ["a doesn't match b {{", 1, /^a block such as \{\{#if …\}\} is not closed$/],
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
    `the templates are ${TEMPLATE_NAMES.join(', ')}, and files of your own`,
  );
});

test('a file that cannot be read is named with what is wrong, and the cause is kept', async () => {
  const path = join(temporaryFolder(), 'own.hbs');
  symlinkSync(path, path);
  const failure = await compileTemplateFile(path).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TemplateError);
  expect(failure).toMatchObject({ file: path, line: undefined, cause: expect.any(Error) });
  expect((failure as TemplateError).message).toMatch(/own\.hbs: \S/);
});

test('a file that is far too large is not read', async () => {
  const path = join(temporaryFolder(), 'own.hbs');
  writeFileSync(path, '');
  truncateSync(path, 2 ** 31);
  const failure = await compileTemplateFile(path).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TemplateError);
  expect((failure as TemplateError).message).toContain('is larger than');
});

test('a folder is not a template', async () => {
  await expect(compileTemplateFile(temporaryFolder())).rejects.toThrow(
    / is a folder, and not a template: name a file in it/,
  );
});

const LIST = '{{#each list}}';
const INNER = '{{#each ../list}}';

test.each([
  ['each within each', `${LIST}${INNER.repeat(4)}x${'{{/each}}'.repeat(5)}`],
  [
    'partials that double',
    `${Array.from({ length: 40 }, (_, n) => `{{#*inline "p${n + 1}"}}{{> p${n}}}{{> p${n}}}{{/inline}}`).join('')}{{#*inline "p0"}}x{{/inline}}{{> p40}}`,
  ],
  ['a long text many times', `${LIST}${INNER}${'x'.repeat(100_000)}{{/each}}{{/each}}`],
])('what a template writes is bounded: %s', async (_, text) => {
  const { apply } = await compileTemplateFile(file(text));
  const values = { list: Array.from({ length: 100 }, String) } as unknown as Parameters<typeof apply>[0];
  expect(() => apply(values)).toThrow('the template writes too much');
});

test('a value that is null is there', async () => {
  const { apply } = await compileTemplateFile(
    file('{{#if tag}}a{{else}}b{{/if}}{{json tag}}{{#with imageName}}{{this}}{{/with}}'),
  );
  expect(apply(VALUES)).toBe('bnullredis');
});
