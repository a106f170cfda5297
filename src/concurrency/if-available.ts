import { PullpinError } from '../errors.js';

/** The result of an optional look-up; undefined when the look-up fails. */
export async function ifAvailable<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}
