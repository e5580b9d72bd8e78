/**
 * The commands of a script as settings: what its shell text would do to a Linux host, as plain data. Known commands that
 * change nothing for TCP are listed by name, unknown ones are errors.
 */
import type { Place } from './ast.ts';
import { ScriptError } from './error.ts';
import { PACKETDRILL_DEFAULTS } from './packetdrill-defaults.ts';
import { parseRoute, type Route } from './route-command.ts';
import { parseShell, type ShellCommand, type ShellSource, type ShellWord } from './shell.ts';
import { isSysctl, nearestSysctl, parseSysctl, type SysctlValue, sysctlName } from './sysctls.ts';

export type Setting = { readonly place: Place } & (
  | { readonly kind: 'sysctl'; readonly name: string; readonly value: SysctlValue }
  /** Back to the values from before the script. */
  | { readonly kind: 'restore' }
  /** Forget what was learnt about peers, Fast Open cookies included. */
  | { readonly kind: 'flush-metrics' }
  | { readonly kind: 'sleep'; readonly micros: number }
  | ({ readonly kind: 'route' } & Route)
  /** The queue below IP holds so many packets (0: everything sent is lost); undefined: as many as it likes. */
  | { readonly kind: 'queue'; readonly packets: number | undefined }
  /** A command without effect here: it looks at something, or tunes what is not modelled. */
  | { readonly kind: 'ignored'; readonly command: string }
);

/**
 * What a back-quoted command sets, in order. `command.place` is that of the quote.
 *
 * @throws ScriptError for an unknown command or setting, and for a value that the setting cannot have.
 */
export function parseSettings(command: { readonly place: Place; readonly text: string }, file: string): Setting[] {
  const place = { line: command.place.line, column: command.place.column + 1 };
  return settingsOf({ file, place, text: command.text });
}

function settingsOf(source: ShellSource): Setting[] {
  const settings: Setting[] = [];
  const commands = parseShell(source);
  let failed = false;
  for (const [i, command] of commands.entries()) {
    // Only the unknown setting fails, and only where the script has something else to do then.
    const mayFail = commands[i + 1]?.joined === '||';
    if (command.joined === '||' ? !failed : command.joined === '&&' && failed) continue;
    failed = false;
    const found = new Interpreter(source.file, command, mayFail).settings();
    if (found === undefined) failed = true;
    else settings.push(...found);
  }
  return settings;
}

/** One simple command. */
class Interpreter {
  readonly #file: string;
  readonly #command: ShellCommand;
  readonly #mayFail: boolean;

  constructor(file: string, command: ShellCommand, mayFail: boolean) {
    this.#file = file;
    this.#command = command;
    this.#mayFail = mayFail;
  }

  /** Undefined: it would fail on a Linux host. */
  settings(): Setting[] | undefined {
    const { words, outputs } = this.#command;
    const written = outputs.find((output) => output.text.startsWith('/proc/sys/'));
    const [first, ...rest] = words;
    if (first === undefined) return [];
    const { place } = first;
    // `sh defaults.sh` runs the file as `defaults.sh` does.
    const runner = SHELLS.includes(first.text) ? rest.shift() : first;
    const name = runner?.text.replace(/^.*\//, '') ?? '';
    if (written !== undefined) {
      if (name !== 'echo') this.#fail(first, `expected 'echo' to write to '${written.text}', found '${first.text}'`);
      return this.#assign([
        { place: written.place, text: `${written.text}=${rest.map((word) => word.text).join(' ')}` },
      ]);
    }
    if (name === 'defaults.sh') return defaults(place);
    if (name.startsWith('sysctl_restore_')) return [{ kind: 'restore', place }];
    if (name === 'set_sysctls.py') return this.#assign(rest);
    if (name === 'sysctl') return this.#sysctl(rest);
    if (name === 'ip') return this.#ip(place, rest);
    if (name === 'tc') return this.#tc(place, rest);
    if (name === 'sleep') return [this.#sleep(place, rest[0] ?? first)];
    if (HARMLESS.includes(name)) return [{ kind: 'ignored', place, command: name }];
    this.#fail(
      runner ?? first,
      `expected a command that is known here, found '${(runner ?? first).text.slice(0, 40)}'`,
    );
  }

  #sysctl(words: readonly ShellWord[]): Setting[] | undefined {
    let ignoring = false;
    const assignments: ShellWord[] = [];
    for (const word of words) {
      if (word.text.startsWith('-')) {
        if (!/^-[qweinb]+$/.test(word.text) && !LONG_OPTIONS.includes(word.text))
          this.#fail(word, `expected options out of -q -w -e -i -n, found '${word.text}'`);
        // -e: errors about unknown keys are ignored.
        ignoring ||= /^-[a-z]*[ei]/.test(word.text) || word.text === '--ignore';
      } else if (word.text.includes('=')) {
        assignments.push(word);
      }
    }
    return this.#assign(assignments, ignoring);
  }

  /** `net.ipv4.tcp_sack=1` and so on. */
  #assign(words: readonly ShellWord[], ignoring = false): Setting[] | undefined {
    const settings: Setting[] = [];
    for (const word of words) {
      const cut = word.text.indexOf('=');
      if (cut < 1) this.#fail(word, `expected name=value, found '${word.text}'`);
      const name = sysctlName(word.text.slice(0, cut));
      if (!isSysctl(name)) {
        if (this.#mayFail) return undefined;
        if (ignoring) continue;
        const near = nearestSysctl(name);
        this.#fail(word, `unknown setting '${name}'${near === undefined ? '' : `, did you mean '${near}'?`}`);
      }
      const text = word.text.slice(cut + 1);
      const value = parseSysctl(name, text);
      if (typeof value === 'string') this.#fail(word, `expected ${value} for '${name}', found '${text}'`);
      settings.push({ kind: 'sysctl', place: word.place, name, value });
    }
    return settings;
  }

  #ip(place: Place, words: readonly ShellWord[]): Setting[] {
    const [object, action, ...rest] = words.filter((word) => !word.text.startsWith('-'));
    const verb = action?.text ?? 'show';
    if (object === undefined) return [{ kind: 'ignored', place, command: 'ip' }];
    if (/^tcp_?m/.test(object.text)) {
      if (/^(flush|del|delete)$/.test(verb)) return [{ kind: 'flush-metrics', place }];
    } else if (/^r(o|ou|out|oute)?$/.test(object.text)) {
      if (/^(add|change|chg|replace|append|prepend)$/.test(verb)) {
        const route = parseRoute(rest);
        if ('expected' in route) this.#fail(route.at, `expected ${route.expected}, found '${route.at.text}'`);
        return [{ kind: 'route', place, ...route }];
      }
    }
    if (/^(show|list|ls|get)$/.test(verb)) return [{ kind: 'ignored', place, command: 'ip' }];
    this.#fail(object, `expected 'ip route' or 'ip tcp_metrics', found 'ip ${object.text} ${verb}'`);
  }

  /** Queues that only order and pace packets change nothing on virtual time; one that holds nothing loses everything. */
  #tc(place: Place, words: readonly ShellWord[]): Setting[] {
    const texts = words.map((word) => word.text);
    const [object, verb] = texts;
    const unlike = words.find((word) => !TC_KNOWN.includes(word.text) && /^[a-z_]+$/.test(word.text));
    if (object !== 'qdisc' || unlike !== undefined)
      this.#fail(
        unlike ?? this.#command.words[0] ?? { place, text: '' },
        `expected 'tc qdisc' with pfifo, bfifo or fq, found 'tc ${texts.join(' ')}'`,
      );
    if (verb === 'show' || verb === 'list') return [{ kind: 'ignored', place, command: 'tc' }];
    const limit = texts.includes('pfifo') ? texts[texts.indexOf('limit') + 1] : undefined;
    const packets = texts.includes('limit') && limit !== undefined ? Number(limit) : undefined;
    return [{ kind: 'queue', place, packets }];
  }

  #sleep(place: Place, word: ShellWord): Setting {
    const [, digits, unit] = /^([0-9]*\.?[0-9]+)([smhd]?)$/.exec(word.text) ?? [];
    if (digits === undefined) this.#fail(word, `expected seconds to sleep, found '${word.text}'`);
    const seconds = unit === 'm' ? 60 : unit === 'h' ? 3600 : unit === 'd' ? 86_400 : 1;
    const micros = Math.round(Number(digits) * seconds * 1e6);
    if (micros > YEAR) this.#fail(word, `expected at most a year to sleep, found '${word.text}'`);
    return { kind: 'sleep', place, micros };
  }

  #fail(at: ShellWord, what: string): never {
    throw new ScriptError(this.#file, at.place, what);
  }
}

function defaults(place: Place): Setting[] {
  const settings: Setting[] = [{ kind: 'flush-metrics', place }];
  for (const [name, text] of PACKETDRILL_DEFAULTS) {
    const value = parseSysctl(name, text);
    if (typeof value === 'string') throw new Error(`packetdrill-defaults.ts: ${name} needs ${value}`);
    settings.push({ kind: 'sysctl', place, name, value });
  }
  return settings;
}

const SHELLS: readonly string[] = ['.', 'source', 'sh', 'bash', '/bin/sh', '/bin/bash', 'python', 'python3', 'sudo'];

/** In microseconds: as far as the times of a script may go. */
const YEAR = 31_536_000e6;

const LONG_OPTIONS: readonly string[] = ['--quiet', '--write', '--ignore', '--values'];

const TC_KNOWN: readonly string[] = [
  ...['qdisc', 'add', 'replace', 'change', 'delete', 'del', 'show', 'list'],
  ...['dev', 'root', 'pfifo', 'bfifo', 'pfifo_fast', 'fq', 'fq_codel', 'noqueue', 'limit', 'handle'],
];

/** They look, wait for nothing and change nothing that TCP would see; offloads have no place here. */
const HARMLESS: readonly string[] = [
  ...[
    'true',
    ':',
    'echo',
    'printf',
    'cat',
    'grep',
    'egrep',
    'awk',
    'sed',
    'cut',
    'sort',
    'uniq',
    'wc',
    'head',
    'tail',
    'tr',
  ],
  ...['nstat', 'ss', 'netstat', 'sockstat', 'ethtool', 'modprobe', 'lsmod', 'uname', 'date', 'test', '[', 'ls'],
  ...['rm', 'dd', 'touch', 'mkdir', 'chmod'],
];
