/** Tools whose passwords stand behind options that say nothing by their names, in a command line and in a list of its words. */

import { remembered } from '../remembered';

/** Each as expressions: what the tool is called, and the options behind which its password stands, with what stands before it there. */
const TOOLS: readonly (readonly [tool: string, option: string])[] = [
  [
    String.raw`sshpass|mysql\w{0,10}|mariadb(?:-\w{1,10})?|mongo\w{0,10}|cqlsh|cypher-shell|rabbitmqadmin|7z[ar]?|unrar`,
    '-p',
  ],
  ['(?:docker|podman|nerdctl|buildah|skopeo|oras|crane|helm|az|oc|cf) login', '-p|--password'],
  ['psexec|rdesktop|ncftp\\w{0,5}|plink|pscp|psftp', '-pw?'],
  ['zip|unzip|ipmitool|mosquitto_(?:pub|sub|rr)|sqlcmd|bcp|osql', '-P'],
  ['redis-cli|keydb-cli|valkey-cli|vault login', '-a'],
  [String.raw`ldap\w{1,10}`, '-w'],
  [String.raw`snmp\w{1,12}`, '-[cAX]'],
  ['openssl enc', '-[kK]'],
  ['openssl', String.raw`-pass(?:in|out)? pass:|-pass(?:in|out)?=pass:`],
  ['https?|xh', String.raw`-a [\w.@-]{1,100}:`],
  ['lftp', String.raw`-u [\w.@-]{1,100},`],
  ['smbclient|rpcclient|smbmap|net', String.raw`-U [\w.@\\/-]{1,100}%`],
  ['xfreerdp|wfreerdp', '/p:'],
  ['curl', String.raw`-b[\w.-]{1,100}=`],
];

/** Tools that take a password as one of their words, with those before it. */
const BY_PLACE: readonly string[] = [
  String.raw`mc (?:alias|config host) (?:set|add) \S{1,200} \S{1,1000} \S{1,200} `,
  String.raw`htpasswd (?:-\w{1,10} ){0,5}-\w{0,10}b\w{0,10} (?:-\w{1,10} ){0,5}(?:\S{1,200} ){1,2}`,
  String.raw`net use (?:\S{1,200} ){1,2}`,
  String.raw`sqlplus [\w.-]{1,100}\/`,
  String.raw`(?:echo|printf) (?:-\w{1,2} ){0,2}["']?(?:[\w.-]{1,100}:)?(?=[^\n|]{1,200}\|)`,
  String.raw`kubectl create \S{1,20} [^\n|;]{0,400}?--from-literal[= ]["']?[\w.-]{1,200}=`,
];

const joined = (parts: readonly string[]): string => parts.join('|');
const anyOf = (parts: readonly string[]): string => `(?:${joined(parts)})`;

/** What stands before a password in a command line. Capital letters count: `-p` is a port where `-P` is a password. */
export const PASSWORD_IN_COMMAND: readonly string[] = [
  ...TOOLS.map(
    ([tool, option]) =>
      String.raw`(?<=\s)(?:${option})(?<=(?<![\w.-])(?:${tool})(?:\.exe)?\b[^\n|;]{0,200}\s(?:${option}))[ =]{0,2}["']?`,
  ),
  anyOf(BY_PLACE.map((place) => String.raw`(?<![\w.-])${place}`)),
];

/** What commands are called, some of them with the word behind. */
export const COMMANDS = joined([...TOOLS.map(([tool]) => tool), 'mc|htpasswd|net|echo|printf|kubectl']);

/** A word of one of these commands; a text without one is not looked at. */
export const COMMAND_WITH_PASSWORD = String.raw`(?<![\w.-])(?:${COMMANDS})(?:\.exe)?(?: |\\?["'],)|\bsqlplus `;

const ANY_TOOL = /^(?:\S{0,200}[/\\])?[\w-]{2,20}(?:\.exe)?(?: login| enc)?$/;
const SECOND_WORD = /^(?:login|enc)$/;

/** What a tool is called, the option before its password, and the same in one word with it. */
type ToolWords = Readonly<Record<'tool' | 'option' | 'glued', RegExp>>;

const TOOL_WORDS = TOOLS.map(([tool, option]): ToolWords => ({
  tool: new RegExp(`^(?:\\S{0,200}[/\\\\])?(?:${tool})(?:\\.exe)?$`),
  option: new RegExp(`^(?:${option})$`),
  glued: new RegExp(`^(?:${option})(?=.)`),
}));

/** The tool that a word or two call; null where it is none of these. Most texts of a dump's lists come again. */
const toolOf = remembered((name): ToolWords | null =>
  ANY_TOOL.test(name) ? (TOOL_WORDS.find(({ tool }) => tool.test(name)) ?? null) : null,
);

/** The words of a command in their order, which stand in a list. */
export class CommandWords {
  #tool: ToolWords | null = null;
  #before = '';
  #isPassword = false;

  /** Whether the next word is a password or ends with one. */
  isPassword(word: string): boolean {
    const isPassword = this.#isPassword && !word.startsWith('-');
    this.#isPassword = false;
    const name = SECOND_WORD.test(word) ? `${this.#before} ${word}` : word;
    this.#before = word;
    if (isPassword) return true;
    this.#tool = toolOf(name) ?? this.#tool;
    this.#isPassword = this.#tool?.option.test(word) === true;
    return !this.#isPassword && this.#tool?.glued.test(word) === true;
  }
}
