/** The shells that have a script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The script that each shell runs to complete the words of pullpin. The words go to the hidden command `__complete` as an array, one argument
 * each: a shell never evaluates typed text. The answer has a line for each word: the word, a tab and its meaning. `:file` asks the shell to offer
 * files.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  // When there is no answer, bash completes file names.
  bash: `# Completions of pullpin for bash: eval "$(pullpin completion bash)" in ~/.bashrc
_pullpin() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    [ "$line" = :file ] || COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(pullpin __complete bash "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _pullpin pullpin
`,
  zsh: `#compdef pullpin
# Completions of pullpin for zsh: source <(pullpin completion zsh) in ~/.zshrc, below compinit
_pullpin() {
  local -a found
  found=("\${(@f)$(pullpin __complete zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ $found[1] == :file ]] && { _files; return; }
  [[ -n $found[1] ]] || return 1
  found=("\${(@)found//:/\\\\:}")
  found=("\${(@)found/$'\\t'/:}")
  _describe pullpin found
}
compdef _pullpin pullpin
`,
  fish: `# Completions of pullpin for fish: pullpin completion fish | source in ~/.config/fish/config.fish
function __pullpin_complete
    set -l typed (commandline -opc) (commandline -ct)
    set -l found (pullpin __complete fish $typed[2..-1] 2>/dev/null)
    if test "$found[1]" = :file
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
complete -c pullpin -f -a '(__pullpin_complete)'
`,
};
