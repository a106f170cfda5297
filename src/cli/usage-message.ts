/** Says what is wrong with the arguments in the words of this program; `message` is what yargs makes of them. */
export function usageMessage(message: string): string {
  for (const [pattern, say] of MESSAGES) {
    const [, ...parts] = pattern.exec(message) ?? [];
    if (parts.length > 0) return say(...parts);
  }
  return message.replace(/\s*\n\s*/g, ' ');
}

const MESSAGES: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [
    /^Unknown arguments?: ([^,]+)/,
    (word = '') => (word.startsWith('-') ? `there is no option ${word}` : `'${word}' is one argument too many`),
  ],
  [/^(Not enough non-option arguments)/, () => 'an argument is missing: name an image or a repository'],
  [/^Not enough arguments following: (.+)$/, (option = '') => `${dashed(option)} needs a value`],
  [
    /^Invalid values:\s+Argument: (.+), Given: "(.*)", Choices: (.+)$/s,
    (option = '', given = '', choices = '') =>
      `${dashed(option)} is one of ${choices.replaceAll('"', '')}, not '${given}'`,
  ],
  [
    /^Arguments (.+) and (.+) are mutually exclusive$/,
    (one = '', other = '') => `${dashed(one)} and ${dashed(other)} do not go together`,
  ],
];

function dashed(option: string): string {
  return option.length === 1 ? `-${option}` : `--${option}`;
}
