import { PullpinError } from '../../errors.js';

/** The answer to a look-up that is useful but not necessary; undefined when the look-up fails. */
export async function ifAvailable<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}
