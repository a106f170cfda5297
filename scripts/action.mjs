// What the step of action.yml does: runs pullpin with the words of its inputs, and writes the job's summary, the text of a pull request and the
// outputs. No shell reads any of these words, and no text of a registry becomes a line of a file that GitHub reads.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** GitHub takes no longer text of a pull request, in characters, and less than 1 MiB as a summary. */
const LONGEST_BODY = 60_000;
const LONGEST_OUTPUT = 64 * 2 ** 20;
const OUTDATED = 3;
const USAGE = 2;

const env = process.env;

/** @param {string} message */
function refuse(message) {
  console.error(`pullpin action: ${message}`);
  process.exit(USAGE);
}

/**
 * @param {string} name
 * @param {readonly string[]} choices
 */
function choice(name, choices) {
  const value = env[`PULLPIN_ACTION_${name.toUpperCase().replace('-', '_')}`] ?? '';
  if (!choices.includes(value)) refuse(`${name} must be ${choices.join(' or ')}, not ${JSON.stringify(value)}`);
  return value;
}

/** @param {string} name the words of an input, one on each line */
function words(name) {
  const lines = (env[`PULLPIN_ACTION_${name.toUpperCase()}`] ?? '').split(/\r?\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

/**
 * Runs pullpin without a shell, and gives what it prints.
 *
 * @param {readonly string[]} args
 */
function pullpin(args) {
  const given = env['PULLPIN_ACTION_PROGRAM'];
  const main = fileURLToPath(new URL('../dist/main.cjs', import.meta.url));
  const [program, first] = given ? [given, []] : [process.execPath, [main]];
  const stdio = /** @type {const} */ (['ignore', 'pipe', 'inherit']);
  const { stdout, status, error } = spawnSync(program, [...first, ...args], { stdio, maxBuffer: LONGEST_OUTPUT });
  if (error) refuse(`cannot run ${program}: ${error.message}`);
  // Node says null of a program that a signal has ended.
  return { stdout: stdout.toString(), exitCode: status ?? 1 };
}

/** @param {string} text that Markdown shall show as it is, also in a table */
function plain(text) {
  const line = text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.replace(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** @param {string} text of an annotation, escaped as GitHub reads it */
function escaped(text) {
  return text.replace(/[%\r\n:,\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => encodeURIComponent(character));
}

/** @typedef {{ file: string, line: number, column: number, level: string, code: string, message: string, fix: string | null }} Finding */

/** @param {Finding} finding */
function annotation({ file, line, column, level, code, message, fix }) {
  const path = relative(env['GITHUB_WORKSPACE'] ?? '.', file);
  const place = `file=${escaped(path)},line=${line},col=${column},title=${escaped(`pullpin: ${code}`)}`;
  return `::${level === 'note' ? 'notice' : level} ${place}::${escaped(fix === null ? message : `${message}; ${fix}`)}`;
}

/** @param {readonly string[]} args */
function check(args) {
  const { stdout, exitCode } = pullpin(['check', '--json', ...args]);
  // It prints nothing when the command line makes no sense.
  const report = stdout === '' ? undefined : JSON.parse(stdout);
  if (!report) return { exitCode, body: `pullpin ended with ${exitCode}; the log of the job says why.\n` };
  /** @type {Finding[]} */
  const findings = report.findings;
  for (const finding of findings) console.log(annotation(finding));
  const rows = findings.map((each) =>
    [each.level, `${plain(each.file)}:${each.line}`, plain(each.message), plain(each.fix ?? '')].join(' | '),
  );
  const table = ['level | where | what | what to do', '--- | --- | --- | ---', ...rows].map((row) => `| ${row} |`);
  const count = `${report.pins} ${report.pins === 1 ? 'pin' : 'pins'} checked`;
  const body = rows.length === 0 ? `${count}, nothing found.` : `${count}.\n\n${table.join('\n')}`;
  return { exitCode, body: `${body}\n` };
}

/**
 * @param {readonly string[]} args
 * @param {string} message the file for a commit message
 */
function bump(args, message) {
  const { stdout, exitCode } = pullpin(['bump', '--markdown', '--commit-message', message, ...args]);
  return { exitCode, body: stdout || `pullpin ended with ${exitCode}; the log of the job says why.\n` };
}

/** @param {string} text whole lines of a text that is too long */
function shortened(text) {
  if (text.length <= LONGEST_BODY) return text;
  return `${text.slice(0, text.lastIndexOf('\n', LONGEST_BODY))}\n\nThe list is longer than a pull request can show.\n`;
}

/** @param {Readonly<Record<string, string>>} outputs */
function writeOutputs(outputs) {
  const file = env['GITHUB_OUTPUT'];
  for (const [name, value] of Object.entries(outputs)) {
    // Nobody can write this line into a value, because nobody knows it before.
    const end = randomUUID();
    if (file) appendFileSync(file, `${name}<<${end}\n${value}\n${end}\n`);
  }
}

const command = choice('command', ['check', 'bump']);
const failOn = choice('fail-on', ['any', 'error', 'never']);
const options = words('options');
const stray = options.find((word) => !word.startsWith('-'));
if (stray !== undefined)
  refuse(`each line of options begins with -, as in --tags=minor; ${JSON.stringify(stray)} does not`);
const paths = words('paths');
const args = [...options, ...(paths.length > 0 ? ['--', ...paths] : [])];
const folder = mkdtempSync(join(env['RUNNER_TEMP'] ?? tmpdir(), 'pullpin-'));
const messageFile = join(folder, 'commit-message');
const bodyFile = join(folder, 'body.md');

const { exitCode, body } = command === 'check' ? check(args) : bump(args, messageFile);
writeFileSync(bodyFile, shortened(body));
if (env['GITHUB_STEP_SUMMARY'])
  appendFileSync(env['GITHUB_STEP_SUMMARY'], `## pullpin ${command}\n\n${shortened(body)}`);
const message = existsSync(messageFile) ? readFileSync(messageFile, 'utf8') : '';
writeOutputs({
  'exit-code': String(exitCode),
  changed: String(message !== ''),
  title: message.split('\n', 1)[0] ?? '',
  'body-file': bodyFile,
  'commit-message-file': message === '' ? '' : messageFile,
});
const passes = exitCode === 0 || failOn === 'never' || (failOn === 'error' && exitCode === OUTDATED);
process.exitCode = passes ? 0 : exitCode;
