import { printable, UsageError } from '../errors.js';

/** Characters of a regular expression, and instructions of what it compiles to: both bound the work per character of text. */
const MAX_LENGTH = 1000;
const MAX_INSTRUCTIONS = 1000;

/**
 * What says whether a user's regular expression fits anywhere in a text. The work grows with the text's length only, whatever the
 * expression is; therefore look-around and back-references do not exist. Throws a UsageError.
 * @param body what stands between the slashes
 * @param flags `i`: case does not count; `u` changes nothing
 */
export async function compileRegularExpression(body: string, flags: string): Promise<(text: string) => boolean> {
  const expression = compiledExpression(
    await loadExpressions(),
    body,
    flags,
    `'${printable(`/${body}/${flags}`, 100)}'`,
  );
  return (text) => expression.matcher(text).find();
}

/** What compiles regular expressions; it is heavy, and most runs do without it. */
export async function loadExpressions() {
  return (await import('re2js')).RE2JS;
}

type Compiler = Awaited<ReturnType<typeof loadExpressions>>;

/**
 * Compiles a regular expression. Throws a UsageError.
 * @param shown what messages call it
 */
export function compiledExpression(
  compiler: Compiler,
  body: string,
  flags: string,
  shown: string,
): InstanceType<Compiler> {
  if (body.length > MAX_LENGTH) {
    throw new UsageError(`${shown} has ${body.length} characters; a regular expression may have ${MAX_LENGTH}`);
  }
  let expression: InstanceType<Compiler>;
  try {
    expression = compiler.compile(body, flags.includes('i') ? compiler.CASE_INSENSITIVE : 0);
  } catch (cause) {
    throw new UsageError(explain(shown, body, cause), { cause });
  }
  if (expression.programSize() > MAX_INSTRUCTIONS) {
    throw new UsageError(`${shown} repeats too much: it stands for a regular expression that is too long`);
  }
  return expression;
}

function explain(shown: string, body: string, cause: unknown): string {
  const { error, input } = cause as { readonly error?: unknown; readonly input?: unknown };
  const part = typeof input === 'string' ? `'${printable(input, 40)}'` : 'a part of it';
  // JavaScript accepts it, so it is valid, but it cannot be matched in bounded time.
  if (isJavaScript(body)) {
    return `${shown} cannot be used: ${part} is not supported (there are no look-around, no back-references, no \\u and no \\c)`;
  }
  return `${shown} is not a regular expression: ${typeof error === 'string' ? error : 'it cannot be read'}`;
}

function isJavaScript(body: string): boolean {
  try {
    return new RegExp(body, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
