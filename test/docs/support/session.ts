import { spawn } from 'node:child_process';

/** A command of a session, and what was printed after it. */
export interface Exchange {
  /** As it is written, without the prompt; more than one line where lines end with a backslash. */
  readonly command: string;
  /** Complete lines, or an empty text. */
  readonly printed: string;
}

/** Splits the text of a `console` block at its prompts. */
export function readSession(text: string): Exchange[] {
  const exchanges: { command: string; printed: string }[] = [];
  for (const line of text.split('\n')) {
    const last = exchanges.at(-1);
    if (line.startsWith('$ ')) exchanges.push({ command: line.slice(2), printed: '' });
    else if (last === undefined) throw new Error(`a session begins with a command, and not with: ${line}`);
    else if (last.command.endsWith('\\') && last.printed === '') last.command += `\n${line}`;
    else last.printed += `${line}\n`;
  }
  return exchanges;
}

export function writeSession(exchanges: readonly Exchange[]): string {
  return exchanges.map(({ command, printed }) => `$ ${command}\n${printed}`).join('');
}

export interface Surroundings {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a shell printed, stdout and stderr together as on a terminal, and the exit code of its last command. */
export interface ShellRun {
  readonly exchanges: readonly Exchange[];
  readonly exitCode: number;
}

// ASCII's record separator, which nothing prints.
const MARK = '\x1e';

/** Runs commands one after the other in one shell, so that `cd` and `export` last; a failure of one does not stop the next. */
export async function runCommands(commands: readonly string[], at: Surroundings): Promise<ShellRun> {
  const script = commands.map((command) => `${command}\nprintf '${MARK}%s${MARK}' "$?"`).join('\n');
  const { printed } = await runShell(`exec 2>&1\n${script}`, at);
  const parts = printed.split(MARK);
  const exchanges = commands.map((command, index) => ({ command, printed: parts[index * 2] ?? '' }));
  return { exchanges, exitCode: Number(parts[commands.length * 2 - 1]) };
}

/** Runs a script as CI does: it ends at the first failure. */
export async function runScript(script: string, at: Surroundings): Promise<{ printed: string; exitCode: number }> {
  return runShell(`exec 2>&1\nset -eo pipefail\n${script}`, at);
}

function runShell(script: string, at: Surroundings): Promise<{ printed: string; exitCode: number }> {
  return new Promise((resolve, reject) => {
    const options = { cwd: at.folder, env: { ...at.env, TZ: 'UTC', LANG: 'C.UTF-8' }, timeout: 120_000 };
    const child = spawn('bash', ['-c', script], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.once('error', reject).once('close', (code) => resolve({ printed, exitCode: code ?? -1 }));
  });
}

/**
 * The lines that a page shows in place of those that were printed: the same where they fit. `…` in a line stands for any text, and a line of
 * `…` alone for any lines. A page shows no empty lines at the end.
 */
export function asShown(shown: string, printed: string): string {
  const pattern = shown
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\\n)*?.*' : line.split('…').map(quoted).join('.+')))
    .join('\n');
  return new RegExp(`^${pattern}\n*$`).test(printed) ? shown : printed;
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
