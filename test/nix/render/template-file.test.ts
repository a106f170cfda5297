import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
  ['a\n\n{{/if}}', 3, /./],
  ['{{#each}}{{/each}}', undefined, /each/],
  ['\n{{imageName.nosuch}}', undefined, /^there is no value called 'nosuch' in a text$/],
  ['{{nosuch imageName}}', 1, /nosuch/],
  ['{{imageName.constructor}}', undefined, /constructor/],
  ['{{json}', 1, /./],
])('a mistake is told with its line: %j', async (text, line, words) => {
  const path = file(text);
  const failure = await compileTemplateFile(path)
    .then(({ apply }) => apply(VALUES))
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TemplateError);
  expect(failure).toMatchObject({ file: path, line, problem: expect.stringMatching(words) });
  expect((failure as TemplateError).message).not.toMatch(/[\n\p{C}]/u);
});

test('the message for a name that is neither a template nor a file lists the templates', async () => {
  await expect(compileTemplateFile('pullimage')).rejects.toThrow(
    'pullimage: is not one of pull-image, attrs, nix2container, oci-string, and as a file it does not exist',
  );
  await expect(compileTemplateFile(temporaryFolder())).rejects.toThrow('as a file it is not a regular file');
});
