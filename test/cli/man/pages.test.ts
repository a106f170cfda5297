import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { ENVIRONMENT } from '../../../src/cli/help/environment.js';
import { HELP_SOURCE } from '../../../src/cli/help-source.js';
import { manPage } from '../../../src/cli/man/man-page.js';
import { optionsPage } from '../../../src/cli/man/options-page.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGE = manPage(HELP_SOURCE, packageJson.version);
const options = HELP_SOURCE.commands.flatMap(({ groups }) =>
  Object.values(groups).flatMap((group) => Object.entries(group.options)),
);

describe('the man page', () => {
  test('has no mistake that mandoc knows of', async () => {
    const { stdout, exitCode } = await execa('mandoc', ['-T', 'lint'], { input: PAGE, reject: false });
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
  });

  test('shows each command, option, example and variable', async () => {
    const { stdout } = await execa('mandoc', ['-T', 'ascii', '-O', 'width=200'], { input: PAGE });
    // Bold letters are struck twice, with a step back between them.
    const shown = stdout
      .split(/.\p{Cc}(?=\S)/u)
      .join('')
      .replace(/\s+/g, ' ');
    for (const [name, option] of options)
      expect(shown).toContain(`--${option.type === 'flag' && option.isOn ? 'no-' : ''}${name}`);
    for (const { name, examples } of HELP_SOURCE.commands) {
      expect(shown).toContain(`${name} `);
      for (const [line] of examples) expect(shown).toContain(line);
    }
    for (const [names] of ENVIRONMENT) for (const name of names.split(', ')) expect(shown).toContain(name);
  });

  test('is built, and npm installs it', () => {
    expect(readFileSync(`${ROOT}${packageJson.man}`, 'utf8')).toBe(PAGE);
  });
});

test('docs/options.md is up to date: npm run options writes it', () => {
  expect(readFileSync(`${ROOT}docs/options.md`, 'utf8')).toBe(optionsPage(HELP_SOURCE));
});
