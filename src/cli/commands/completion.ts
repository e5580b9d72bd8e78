/** `halfopen completion bash|zsh|fish`: a completion script made from the commands themselves, so it cannot fall behind. */
import type { Command, Option } from 'commander';
import { oneOf } from '../arguments.ts';
import { print } from '../terminal.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('Print a completion script for a shell')
    .argument('<shell>', SHELLS.join(', '), oneOf('shell', SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  source <(halfopen completion bash)             # in ~/.bashrc
  source <(halfopen completion zsh)              # in ~/.zshrc, after compinit
  halfopen completion fish > ~/.config/fish/completions/halfopen.fish`,
    )
    .action(async (shell: Shell) => {
      await print(completionScript(program, shell));
    });
}

/** The script for a shell. */
function completionScript(program: Command, shell: Shell): string {
  const commands = describe(program);
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
    default: {
      const never: never = shell;
      throw new Error(`no completion for ${String(never)}`);
    }
  }
}

interface CommandWords {
  readonly name: string;
  readonly about: string;
  readonly options: readonly { readonly flag: string; readonly about: string; readonly takesValue: boolean }[];
  /** What its argument is completed with: a fixed list, scenario ids or files. */
  readonly words: readonly string[] | 'scenarios' | 'files';
}

function describe(program: Command): CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: command.options.map((option: Option) => ({
      flag: option.long ?? option.flags,
      about: option.description,
      takesValue: option.required || option.optional,
    })),
    words: ARGUMENTS[command.name()] ?? [],
  }));
}

const ARGUMENTS: Readonly<Record<string, CommandWords['words']>> = {
  run: 'scenarios',
  compare: 'scenarios',
  sweep: 'files',
  explain: 'files',
  watch: 'files',
  replay: 'files',
  script: 'files',
  tun: ['serve'],
  completion: SHELLS,
};

/** Asked for when completing, so that scenarios of the installed version show. */
const IDS = 'halfopen list --ids 2>/dev/null';

function bash(commands: readonly CommandWords[]): string {
  const cases = commands.map((command) => {
    const flags = ['--help', ...command.options.map((option) => option.flag)].join(' ');
    const words =
      command.words === 'scenarios' ? `$(${IDS})` : command.words === 'files' ? '' : command.words.join(' ');
    return `    ${command.name}) if [[ $cur == -* ]]; then words="${flags}"; else words="${words}"; fi ;;`;
  });
  return `# bash completion for halfopen
_halfopen() {
  local cur=\${COMP_WORDS[COMP_CWORD]} words=""
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${commands.map((c) => c.name).join(' ')} --help --version" -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _halfopen halfopen`;
}

function zsh(commands: readonly CommandWords[]): string {
  const names = commands.map((command) => `    ${zshQuote(`${command.name}:${command.about}`)}`);
  const cases = commands.map((command) => {
    const flags = command.options.map((option) => {
      const about = option.about.replace(/[[\]]/g, '\\$&').replaceAll(':', '\\:');
      return zshQuote(`${option.flag}[${about}]${option.takesValue ? ':value:_files' : ''}`);
    });
    const rest =
      command.words === 'scenarios'
        ? "'*:scenario:_halfopen_scenarios'"
        : command.words === 'files'
          ? "'*:file:_files'"
          : zshQuote(`1:word:(${command.words.join(' ')})`);
    return `    ${command.name}) _arguments ${[...flags, rest].join(' ')} ;;`;
  });
  return `#compdef halfopen
_halfopen_scenarios() {
  local -a ids; ids=(\${(f)"$(${IDS})"})
  _alternative 'scenarios:scenario:compadd -a ids' 'files:file:_files'
}
_halfopen() {
  local -a commands; commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local name=\${words[2]}
  shift words; (( CURRENT-- ))
  case $name in
${cases.join('\n')}
  esac
}
compdef _halfopen halfopen`;
}

function fish(commands: readonly CommandWords[]): string {
  const lines = ['# fish completion for halfopen', 'complete -c halfopen -f'];
  for (const command of commands) {
    lines.push(`complete -c halfopen -n __fish_use_subcommand -a ${command.name} -d ${fishQuote(command.about)}`);
    const inside = `-n '__fish_seen_subcommand_from ${command.name}'`;
    for (const option of command.options) {
      const value = option.takesValue ? ' -r -F' : '';
      lines.push(
        `complete -c halfopen ${inside} -l ${option.flag.replace(/^--/, '')}${value} -d ${fishQuote(option.about)}`,
      );
    }
    if (command.words === 'scenarios') lines.push(`complete -c halfopen ${inside} -F -a '(${IDS})'`);
    else if (command.words === 'files') lines.push(`complete -c halfopen ${inside} -F`);
    else if (command.words.length > 0) lines.push(`complete -c halfopen ${inside} -a '${command.words.join(' ')}'`);
  }
  return lines.join('\n');
}

function zshQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
