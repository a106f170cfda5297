import { PullpinError, printable } from '../../errors.js';
import type { Environment } from '../../machine/environment.js';
import type { Login } from './credentials.js';

/** A question to a credential helper. `file` is where the helper was asked for. */
export interface HelperRequest {
  readonly name: string;
  readonly server: string;
  readonly file: string;
}

/** Asks a credential helper for the login to a server; undefined when it has none. Throws a CredentialHelperError. */
export type RunHelper = (request: HelperRequest) => Promise<Login | undefined>;

/** A credential helper is missing or did not do its work. Nothing that could be a secret is in the message. */
export class CredentialHelperError extends PullpinError {
  constructor(
    readonly request: HelperRequest,
    readonly problem: string,
  ) {
    const helper = printable(`docker-credential-${request.name}`, 100);
    super(`the credential helper ${helper}, named in ${printable(request.file)}, ${problem}`);
  }
}

const TIME_LIMIT = 30_000;
const LINGER = 500;
const MAX_OUTPUT = 1024 * 1024;

/** Runs `docker-credential-NAME get` by the protocol of docker/docker-credential-helpers. `timeLimit` is in milliseconds. */
export function createHelperRunner(environment: Environment, timeLimit: number = TIME_LIMIT): RunHelper {
  return async (request) => {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(request.name)) {
      throw new CredentialHelperError(request, 'is not the name of a program; write what follows docker-credential-');
    }
    const { execa } = await import('execa');
    // execa's own error is not kept as the cause: it quotes the output, where the secret is.
    const running = execa(`docker-credential-${request.name}`, ['get'], {
      env: environment,
      extendEnv: false,
      input: request.server,
      reject: false,
      timeout: timeLimit,
      forceKillAfterDelay: 1000,
      maxBuffer: MAX_OUTPUT,
    });
    // Programs that it started may still run and keep its output open, without any limit.
    const release = (): void => {
      running.stdout.destroy();
      running.stderr.destroy();
    };
    running.once('exit', () => setTimeout(release, LINGER).unref());
    const result = await running;
    if (!result.failed) return parseAnswer(request, result.stdout);
    if (isNotFound(result.stdout) || isNotFound(result.stderr)) return undefined;
    throw new CredentialHelperError(request, problemOf(result, timeLimit));
  };
}

interface Failure {
  readonly code?: string | undefined;
  readonly timedOut: boolean;
  readonly isMaxBuffer: boolean;
  readonly exitCode?: number | undefined;
  readonly stderr?: string | undefined;
}

function problemOf({ code, timedOut, isMaxBuffer, exitCode, stderr }: Failure, timeLimit: number): string {
  if (code === 'ENOENT') return 'is not on the PATH; install it, or take it out of that file';
  if (code === 'EACCES') return 'is not executable';
  if (timedOut) return `did not answer within ${timeLimit / 1000} seconds`;
  if (isMaxBuffer) return 'printed more than any login can be';
  const said = lastLine(stderr ?? '');
  return `failed${exitCode === undefined ? '' : ` with exit code ${exitCode}`}${said && `: ${said}`}`;
}

/**
 * The last line of a helper's stderr without what could be a secret: only words of letters are shown, and nothing after a word such as
 * "password" or a sign that assigns. Its stdout, where the secret belongs, is never shown.
 */
function lastLine(output: string): string {
  if (output.includes('{')) return '';
  const line = output.trim().split('\n').at(-1)?.trim() ?? '';
  const [before = ''] = line.split(SECRET_FOLLOWS);
  const words = before.split(/\s+/).map((word) => (PLAIN_WORD.test(word) ? word : '…'));
  return printable(`${words.join(' ')}${before === line ? '' : ' …'}`.replace(/…(?: …)+/g, '…'), 200);
}

const SECRET_FOLLOWS = /(?<=\b(?:password|passwd|secret|token|key|pin)\b["']?\s*(?:is|was|:|=|->))|=/i;
const PLAIN_WORD = /^["'(]?\p{L}{1,20}(?:[-']\p{L}{1,20})?["')]?[.,:;!?]?$/u;

/** By the protocol the message is `credentials not found in native keychain`; some helpers put words around it. */
function isNotFound(output: string | undefined): boolean {
  return output?.toLowerCase().includes('credentials not found') ?? false;
}

/** What docker stores as the name of a user who logged in with an identity token. */
const TOKEN_USER = '<token>';

function parseAnswer(request: HelperRequest, output: string): Login | undefined {
  const { Username: username, Secret: secret } = parseObject(output);
  if (typeof username !== 'string' || typeof secret !== 'string') {
    throw new CredentialHelperError(request, 'answered something else than JSON with Username and Secret');
  }
  if (username === '' && secret === '') return undefined;
  if (username === TOKEN_USER) return { kind: 'identity-token', token: secret };
  return { kind: 'basic', username, password: secret };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
