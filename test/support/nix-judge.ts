import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What Nix itself says of a program: the tree as `nix-instantiate --parse` prints it; that its grammar refuses it; or, when it was refused
 * for errors that are not about grammar (an attribute defined twice), nothing.
 */
export type Verdict =
  | { readonly accepted: true; readonly printed?: string }
  | { readonly accepted: false; readonly message: string }
  | undefined;

/** Judges each program by `nix-instantiate --parse`, many in one process: it prints a line for each and stops at the first it refuses. */
export async function judgePrograms(programs: readonly (string | Uint8Array)[]): Promise<Verdict[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pullpin-judge-'));
  try {
    const files = programs.map((_, index) => join(folder, `${index}.nix`));
    for (const [index, program] of programs.entries()) await writeFile(files[index]!, program);
    const verdicts: Verdict[] = [];
    while (verdicts.length < files.length) {
      const { stdout, stderr, failed } = await run(['--parse', ...files.slice(verdicts.length, verdicts.length + 200)]);
      for (const printed of stdout.split('\n').slice(0, -1)) verdicts.push({ accepted: true, printed });
      if (failed) verdicts.push(verdictOf(stderr));
    }
    return verdicts;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The value of a Nix expression, evaluated strictly and without access to anything else. */
export async function evaluateNix(expression: string): Promise<unknown> {
  const { stdout, stderr, failed } = await run(['--eval', '--strict', '--json', '--expr', expression]);
  if (failed) throw new Error(`Nix cannot evaluate this: ${stderr}`);
  return JSON.parse(stdout);
}

function verdictOf(stderr: string): Verdict {
  // Nix 2.8 looks for unbound variables once the whole program is parsed.
  if (/undefined variable/.test(stderr)) return { accepted: true };
  if (/already defined|duplicate formal/.test(stderr)) return undefined;
  return { accepted: false, message: stderr.replaceAll(/warning:.*\n/g, '').trim() };
}

function run(args: readonly string[]): Promise<{ stdout: string; stderr: string; failed: boolean }> {
  const env = { ...process.env, HOME: '/homeless-shelter', XDG_CACHE_HOME: join(tmpdir(), 'pullpin-judge-cache') };
  return new Promise((resolve) => {
    execFile('nix-instantiate', args, { env, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, failed: error !== null });
    });
  });
}
