import { compileRegularExpression } from '../patterns/regular-expression.js';

/** What says whether a tag fits a glob, or a regular expression between slashes, which fits anywhere. Throws a UsageError. */
export async function createTagMatcher(pattern: string): Promise<(tag: string) => boolean> {
  const [, body, flags = ''] = /^\/(.*)\/([iu]*)$/s.exec(pattern) ?? [];
  if (body !== undefined) return compileRegularExpression(body, flags);
  const { checkGlob, compileGlob } = await import('../patterns/glob.js');
  checkGlob(pattern);
  return compileGlob(pattern);
}
