import { PullpinError, printable } from '../../errors.js';
import type { Environment } from '../../machine/environment.js';
import { type ProgramResult, runProgram } from '../../machine/run-program.js';
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
    const helper = printable(helperProgram(request.name), 100);
    super(`the credential helper ${helper}, named in ${printable(request.file)}, ${problem}`);
  }
}

const TIME_LIMIT = 30_000;
const MAX_OUTPUT = 1024 * 1024;

/** The name of a credential helper's program. */
export function helperProgram(name: string): string {
  return `docker-credential-${name}`;
}

/** What a helper is asked, by the protocol of docker/docker-credential-helpers. */
interface HelperCall {
  readonly action: 'get' | 'list';
  readonly input: string;
  readonly environment: Environment;
  /** In milliseconds. */
  readonly timeLimit?: number | undefined;
}

/** Runs a credential helper; undefined for a name that no helper can have. */
export async function callHelper(name: string, call: HelperCall): Promise<ProgramResult | undefined> {
  const { action, input, environment, timeLimit = TIME_LIMIT } = call;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return undefined;
  return runProgram(helperProgram(name), [action], { environment, input, timeLimit, maxOutput: MAX_OUTPUT });
}

/** Asks helpers for logins. `timeLimit` is in milliseconds. */
export function createHelperRunner(environment: Environment, timeLimit: number = TIME_LIMIT): RunHelper {
  return async (request) => {
    const result = await callHelper(request.name, { action: 'get', input: request.server, environment, timeLimit });
    if (!result)
      throw new CredentialHelperError(request, 'is not the name of a program; write what follows docker-credential-');
    const [stdout, stderr] = [result.stdout.toString('utf8'), result.stderr.toString('utf8')];
    if (result.failure === undefined) return parseAnswer(request, stdout);
    if (isNotFound(stdout) || isNotFound(stderr)) return undefined;
    // The result is not kept as the cause: the secret may be in it.
    throw new CredentialHelperError(request, problemOf(result, timeLimit));
  };
}

function problemOf({ failure, exitCode, stderr }: ProgramResult, timeLimit: number): string {
  if (failure === 'missing') return 'is not on the PATH; install it, or take it out of that file';
  if (failure === 'forbidden') return 'is not executable';
  if (failure === 'slow') return `did not answer within ${timeLimit / 1000} seconds`;
  if (failure === 'endless') return 'printed more than any login can be';
  const said = lastLine(stderr.toString('utf8'));
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
function isNotFound(output: string): boolean {
  return output.toLowerCase().includes('credentials not found');
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
