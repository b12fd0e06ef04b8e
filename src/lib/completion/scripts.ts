/** The scripts that shells read: each asks `mctl __complete` what may stand at the cursor. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** A line of `mctl __complete` that asks the shell for paths. */
export const FILES_MARK = ':files';

/** The script of a shell, for the given names of the program. */
export function completionScript(shell: Shell, programs: readonly string[]): string {
  return SCRIPTS[shell](programs);
}

const SCRIPTS: Readonly<Record<Shell, (programs: readonly string[]) => string>> = {
  bash: (programs) => `# bash completion of mctl: source <(mctl completion bash)
_mctl() {
  local words=() word line files=0
  # bash breaks words at = and :, which stand inside of flags and names.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( $word == [=:]* || \${words[-1]} == *[=:] ) ]]; then words[-1]+=$word; else words+=("$word"); fi
  done
  [[ \${#words[@]} -eq 0 ]] && words=("")
  local current=\${words[-1]} cut=""
  [[ $current == *[=:]* ]] && cut=\${current%"\${current##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == ${FILES_MARK} ]]; then files=1; else COMPREPLY+=("\${line#"$cut"}"); fi
  done < <(mctl __complete -- "\${words[@]}" 2>/dev/null)
  if [[ $files == 1 ]]; then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${current#"$cut"}")
    compopt -o filenames 2>/dev/null
  fi
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _mctl ${programs.join(' ')}
`,
  zsh: (programs) => `#compdef ${programs.join(' ')}
# zsh completion of mctl: source <(mctl completion zsh)
_mctl() {
  local -a lines names
  lines=("\${(@f)$(mctl __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  names=("\${(@)lines:#${FILES_MARK}}")
  names=("\${(@)names:#}")
  (( \${#names} )) && compadd -- "\${(@)names}"
  (( \${lines[(Ie)${FILES_MARK}]} )) && _files
  return 0
}
if [[ \${funcstack[1]} == _mctl ]]; then _mctl "$@"; else compdef _mctl ${programs.join(' ')}; fi
`,
  fish: (programs) => `# fish completion of mctl: mctl completion fish | source
function __mctl_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l current (commandline -ct)
  for line in (mctl __complete -- $words[2..-1] 2>/dev/null)
    if test "$line" = ${FILES_MARK}
      __fish_complete_path $current
    else
      echo $line
    end
  end
end
${programs.map((program) => `complete -c ${program} -f -a '(__mctl_complete)'`).join('\n')}
`,
};
