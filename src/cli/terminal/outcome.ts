import { settleInOrder } from '../../concurrency/settle-in-order.js';
import { firstOf, PullpinError } from '../../errors.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import type { Context } from './context.js';
import { exitCodeOf } from './exit-code.js';
import { writeOutput } from './output.js';
import { problemToJson, type Report } from './report.js';

/** An image for which something failed; `image` is its name as it was typed. */
export interface Problem {
  readonly image: string;
  /** The requested platform, if there was one. */
  readonly platform?: Platform | undefined;
  readonly error: unknown;
}

/** The outcome of a run over several images: the results of those that succeeded and the problems of the others, both in the order of the request. */
export interface Outcome<Result> {
  readonly results: readonly Result[];
  readonly problems: readonly Problem[];
}

/**
 * Does something for each image, at most `limit` at a time. When one fails, the others still run. `text` is the name that the user typed.
 * Throws only when the run was interrupted.
 */
export async function collect<
  Asked extends { readonly text: string; readonly platform?: Platform | undefined },
  Result,
>(
  asked: readonly Asked[],
  limit: number,
  { signal }: Context,
  act: (one: Asked) => Promise<Result>,
): Promise<Outcome<Result>> {
  const settled = await settleInOrder(asked, limit, async (one) => {
    signal.throwIfAborted();
    return act(one);
  });
  signal.throwIfAborted();
  return {
    results: settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
    problems: settled.flatMap((each, at) => {
      const { text = '', platform } = asked[at] ?? {};
      return each.status === 'rejected' ? [{ image: text, platform, error: each.reason as unknown }] : [];
    }),
  };
}

/** Does something for one image, and returns the exit code. The message of a failure names the image. Throws errors that no user can act on. */
export async function naming(
  image: string,
  { signal }: Context,
  report: Report,
  act: () => Promise<number>,
): Promise<number> {
  try {
    return await act();
  } catch (error) {
    if (signal.aborted || !(error instanceof PullpinError)) throw error;
    report.failure(error, image);
    return exitCodeOf([error]);
  }
}

/** The documented JSON of several images: the results under the command's name for them. */
export function outcomeJson(name: string, results: readonly unknown[], problems: readonly Problem[]): string {
  const failed = problems.map(({ image, platform, error }) => ({
    image,
    platform: platform && formatPlatform(platform),
    ...problemToJson(error),
  }));
  return jsonText({ version: 1, [name]: results, problems: failed });
}

/** JSON for stdout. Control and formatting characters are escaped, because a terminal may show it. */
export function jsonText(value: unknown): string {
  return `${escapedText(JSON.stringify(value, null, 2))}\n`;
}

/** The same in one line, for programs that read line by line. */
export function jsonLine(value: unknown): string {
  return `${escapedText(JSON.stringify(value))}\n`;
}

/** How much is printed at a time, in characters. */
const MOST_AT_ONCE = 64 * 1024;

/** Prints a line of JSON for each value, and makes the lines as they are read: all of them may be more than there is room for. */
export async function writeLines(values: Iterable<object>, context: Context): Promise<void> {
  let text = '';
  for (const value of values) {
    text += jsonLine(value);
    if (text.length < MOST_AT_ONCE) continue;
    await writeOutput(text, undefined, context);
    text = '';
  }
  await writeOutput(text, undefined, context);
}

function escapedText(text: string): string {
  return text.replace(/[^\n\P{C}]|[\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Reports what failed, writes `text` unless it is empty, and returns the exit code. Throws an OutputError. */
export async function conclude(
  { problems }: Outcome<unknown>,
  text: string,
  output: string | undefined,
  context: Context,
  report: Report,
): Promise<number> {
  reportProblems(problems, report);
  if (text !== '') await writeOutput(text, output, context);
  return exitCodeOf(problems.map(({ error }) => error));
}

/** The most images that one line names. */
const MAX_NAMED = 10;

/** Reports each failure once, with all images that have it. */
function reportProblems(problems: readonly Problem[], report: Report): void {
  const groups = new Map<unknown, Problem[]>();
  for (const problem of problems) {
    const { error } = problem;
    const key = error instanceof PullpinError ? (error.common?.key ?? error.message) : error;
    groups.set(key, [...(groups.get(key) ?? []), problem]);
  }
  for (const [first, ...others] of groups.values()) if (first) reportTogether(first, others, report);
}

function reportTogether({ image, error }: Problem, others: readonly Problem[], report: Report): void {
  const images = [...new Set([image, ...others.map((other) => other.image)])];
  if (images.length === 1 || !(error instanceof PullpinError)) {
    report.failure(error, image);
    return;
  }
  const message = error.common?.message ?? error.message;
  // What is said of a repository names all its tags.
  const repository = message.slice(0, Math.max(message.indexOf(': '), 0));
  const isNamed = repository !== '' && images.every((each) => each.startsWith(repository));
  report.failure(new PullpinError(message, { cause: error.cause }), isNamed ? '' : firstOf(images, MAX_NAMED));
}
