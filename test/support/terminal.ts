import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.js';

const MAIN = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url));

export interface TerminalOptions {
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
  /** What is done before the program starts, such as `stty cols 0`. */
  readonly before?: string;
  /** Variables beside those that every program needs, as `NAME=VALUE`. */
  readonly environment?: readonly string[];
}

/** A run of the built program in a terminal of its own (tmux), as a person would see it. */
export class Terminal {
  private constructor(
    private readonly socket: string,
    readonly columns: number,
  ) {}

  static async run(
    args: readonly string[],
    { cwd, columns = 80, rows = 24, environment: added = [], before = ':' }: TerminalOptions,
  ): Promise<Terminal> {
    const terminal = new Terminal(`pullpin-${randomBytes(6).toString('hex')}`, columns);
    const home = temporaryFolder();
    const environment = [
      `HOME=${home}`,
      `TMPDIR=${home}`,
      `PATH=${process.env['PATH'] ?? ''}`,
      'TERM=screen',
      ...added,
    ];
    // The shell only shows the exit code, and keeps the screen, also after Ctrl-C; the words of the program are its arguments, and no text of its own.
    const script = `${before}; trap : INT; "$@"; printf "exit %s\\n" "$?"; sleep 60`;
    const program = ['env', '-i', ...environment, 'sh', '-c', script, 'sh', process.execPath, MAIN, ...args];
    await terminal.tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', cwd, ...program);
    onTestFinished(async () => {
      await terminal.tmux('kill-server').catch(() => {});
    });
    return terminal;
  }

  /** Keys by tmux's names, such as `Space`, `Down`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.tmux('send-keys', key);
  }

  /** The screen, as soon as it holds a text. */
  async screen(text: string): Promise<string> {
    for (let tries = 0; tries < 200; tries++) {
      const screen = (await this.tmux('capture-pane', '-p')).trimEnd();
      if (screen.includes(text)) return screen;
      await new Promise((wake) => setTimeout(wake, 50));
    }
    throw new Error(`the screen never holds ${text}:\n${await this.tmux('capture-pane', '-p')}`);
  }

  private async tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await execa('tmux', ['-L', this.socket, '-f', '/dev/null', ...args]);
    return stdout;
  }
}
