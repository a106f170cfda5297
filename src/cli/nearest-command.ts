import { UsageError } from '../errors.js';

export const COMMANDS: readonly string[] = ['pin', 'bump', 'list', 'digest', 'inspect', 'tags', 'cache'];

/**
 * A first word that is almost a command is refused before an image of that name is looked up: `pullpin dgiest redis` would otherwise ask
 * Docker Hub for `dgiest`. Throws a UsageError.
 */
export function refuseMisspelled([word = '']: readonly string[]): void {
  if (!/^[a-z]+$/.test(word) || COMMANDS.includes(word)) return;
  const near = COMMANDS.find((command) => isNear(word, command));
  if (near)
    throw new UsageError(
      `'${word}' is no command, did you mean ${near}? For an image of that name: pullpin pin ${word}`,
    );
}

/** One letter too many, too few or wrong, or two swapped. */
function isNear(word: string, command: string): boolean {
  if (Math.abs(word.length - command.length) > 1) return false;
  const start = [...word].findIndex((letter, at) => letter !== command[at]);
  const [first, second] = [
    start < 0 ? word : word.slice(start),
    start < 0 ? command.slice(word.length) : command.slice(start),
  ];
  if (start < 0) return second.length <= 1;
  const isSwapped = first[0] === second[1] && first[1] === second[0] && first.slice(2) === second.slice(2);
  return isSwapped || first.slice(1) === second || first === second.slice(1) || first.slice(1) === second.slice(1);
}
