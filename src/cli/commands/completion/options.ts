import { UsageError } from '../../../errors.js';
import { didYouMean } from '../../../suggestion.js';
import { SHELLS, type Shell } from '../../completion/scripts.js';
import { commandOptions, type Operands, type SettingsOf } from '../../options/command.js';
import { GENERAL } from '../../options/general.js';

const LIST = SHELLS.join(', ');

const SHELL: Operands<Shell> = {
  usage: 'SHELL',
  help: `SHELL is one of ${LIST}`,
  choices: {
    bash: 'For ~/.bashrc',
    zsh: 'For ~/.zshrc',
    fish: 'For ~/.config/fish/config.fish',
  } satisfies Record<Shell, string>,
  missing: `name your shell: one of ${LIST}`,
  parse([word = '', ...others]) {
    if (others.length > 0) throw new UsageError(`completion is for one shell, and '${others[0]}' is another`);
    const shell = SHELLS.find((each) => each === word);
    if (shell) return shell;
    throw new UsageError(`there are no completions for '${word}', only for ${LIST}${didYouMean(word, SHELLS)}`);
  },
};

/** `pullpin completion SHELL` */
export const COMPLETION = commandOptions({
  name: 'completion',
  summary: 'Print a script with which a shell completes the words of pullpin',
  operands: SHELL,
  groups: { loudness: GENERAL },
  examples: [
    ['eval "$(pullpin completion bash)"', 'In ~/.bashrc'],
    ['source <(pullpin completion zsh)', 'In ~/.zshrc, below compinit'],
    ['pullpin completion fish | source', 'In ~/.config/fish/config.fish'],
  ],
});

export type CompletionSettings = SettingsOf<typeof COMPLETION>;
