import type { Flag, Option, Options } from './option.js';

/** Matches one or two dashes with a letter, or with the `?` of other programs. `-` alone is a word that means stdin. */
export function isOptionWord(word: string): boolean {
  return /^--?[a-zA-Z?]/.test(word);
}

/** The long name and the inline value of a word such as `--name=value` or `-n=value`. */
export function partsOf(word: string, known: Options): { name: string; inline: string | undefined } {
  const [, dashes = '', typed = '', inline] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const name = dashes === '-' ? Object.keys(known).find((each) => known[each]?.short === typed) : typed;
  return { name: name ?? '', inline };
}

/** The option of a name, and whether the name turns it off: `no-cache`. */
export function lookUp(name: string, options: Options): { name: string; option: Option; isOff: boolean } | undefined {
  const own = Object.hasOwn(options, name) ? options[name] : undefined;
  if (own && canBeTyped(own)) return { name, option: own, isOff: false };
  const positive = name.replace(/^no-/, '');
  const flag = positive !== name && Object.hasOwn(options, positive) ? options[positive] : undefined;
  return flag?.type === 'flag' && canBeOn(flag) ? { name: positive, option: flag, isOff: true } : undefined;
}

/** Whether to type an option can change something. A flag that is on in any case is only typed to turn it off: `--no-config`. */
export function canBeTyped(option: Option): boolean {
  return option.type !== 'flag' || option.isOn !== true || option.setting !== undefined;
}

/** Whether a flag may be on without being typed: by default, or because a file or a variable says so. */
function canBeOn({ isOn, setting }: Flag): boolean {
  return isOn === true || setting !== undefined;
}

/** `-qn` is `-q -n`, and `-oFILE` is `-o FILE`. A word with an unknown letter is not split: `-platform` is a mistake for `--platform`. */
export function splitLetters(word: string, known: Options): string[] {
  if (!/^-[a-zA-Z][^=]/.test(word)) return [word];
  const letters: string[] = [];
  for (const [at, letter] of [...word.slice(1)].entries()) {
    const option = Object.values(known).find(({ short }) => short === letter);
    if (!option) return [word];
    letters.push(`-${letter}`);
    const rest = word.slice(at + 2);
    if (option.type !== 'flag')
      return Object.hasOwn(known, word.slice(1)) ? [word] : [...letters, rest].filter(Boolean);
  }
  return letters;
}
