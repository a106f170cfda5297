import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PAGE = readFileSync('docs/text-files.md', 'utf8');
const EXAMPLES = [...PAGE.matchAll(/^```console\n\$ pullpin (.*)\n([\s\S]*?)^```$/gm)].map(
  ([, command = '', printed = '']) => [command, printed] as const,
);

test.each(EXAMPLES)('docs/text-files.md: pullpin %s prints what the page says', async (command, printed) => {
  const folder = temporaryFolder();
  const [, file = ''] = /^```yaml\n# compose\.yaml\n([\s\S]*?)^```$/m.exec(PAGE) ?? [];
  writeFileSync(join(folder, 'compose.yaml'), `# compose.yaml\n${file}`);
  const { stdout, stderr, exitCode } = await runPullpin(command.split(' '), { cwd: folder });
  expect({ stdout, stderr, exitCode }).toEqual({ stdout: printed, stderr: '', exitCode: 0 });
});

test('the page has an example of each', () => {
  expect(EXAMPLES.map(([command]) => command)).toEqual(['list compose.yaml', 'list --unpinned compose.yaml']);
});
