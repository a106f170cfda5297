import { type PullpinRunOptions, runPullpin } from './run-pullpin.js';

/** One pin of `pullpin pin --json`, as far as the tests read it; docs/json.md has the whole. */
export interface PinJson {
  readonly imageName: string;
  readonly imageDigest: string;
  readonly finalImageName: string;
  readonly finalImageTag: string;
  readonly os: string;
  readonly arch: string;
  /** SRI. */
  readonly hash: string;
  /** Nix's base 32. */
  readonly sha256: string;
  readonly tlsVerify?: boolean;
}

/** Pins one image with `--json`; throws with what the program said when it fails. */
export async function pinJson(args: readonly string[], options?: PullpinRunOptions): Promise<PinJson> {
  const { stdout, stderr, exitCode } = await runPullpin(['pin', ...args, '--json'], options);
  if (exitCode !== 0) throw new Error(`pullpin pin ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  const { version, pins, problems } = JSON.parse(stdout);
  if (version !== 1 || pins.length !== 1 || problems.length !== 0) throw new Error(`not one pin: ${stdout}`);
  return pins[0];
}

/** The sha256 of an SRI hash in hex. */
export function hexOfSri(sri: string): string {
  return Buffer.from(sri.replace(/^sha256-/, ''), 'base64').toString('hex');
}
