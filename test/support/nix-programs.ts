// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { createRandom, type Random } from './random.js';

const NAMES = ['a', 'b', 'c', "d'", '_e', 'f-g', 'H', 'iff', 'orr', 'lets', 'x1', 'stdenv', 'imageName', 'sha256'];
const BUILT_IN = ['true', 'null', 'builtins', 'map', 'toString', '__curPos'];
const OPERATORS = ['+', '-', '*', '/', '++', '//', '==', '!=', '<', '>', '<=', '>=', '&&', '||', '->'];
const NUMBERS = ['0', '7', '007', '9223372036854775807', '1.', '.5', '0.25', '12.5e3', '1.0E-7'];
const PATHS = ['./a', '../b/c.nix', 'd/e', '/', '~/x', './.', 'a+b/_c', '.../z', '1/2', '/tmp/x-1'];
const URIS = ['http://example.org/a?b=c&d', 'x:y', 'a+b-c.d:~e', "mailto:it's@x"];
const TRIVIA = [' ', '  ', '\n', '\n\t', '\r\n', ' # "quoted ${ comment\n', ' /* block \n * }; */ ', ' /**/ ', '# é\n'];
const PLAIN_TEXT = [
  'a',
  ' ',
  '\\"',
  '\\\\',
  '\\n',
  '\\${',
  '$',
  '$$',
  "'",
  "''",
  '#',
  '/*',
  'é😀',
  '\n',
  '\\\n',
  '}',
  '{',
  '$\\t',
];
const INDENTED_TEXT = [
  'a',
  '  ',
  ' ',
  '\n',
  '\n  ',
  '\n    b',
  "'''",
  "''$",
  "''${",
  "''\\n",
  "''\\ ",
  '$$',
  '"',
  '#',
  'é',
  '\t',
  '}',
  "' ",
  '\\',
];

type Scope = readonly string[];

/** A random Nix program that Nix can parse: closed (each variable is bound) and without attributes set twice. The same for the same seed. */
export function randomProgram(seed: number, size = 6): string {
  return new ProgramWriter(createRandom(seed)).program(size);
}

/** The program with a few characters or words deleted, doubled, inserted or swapped: mostly no Nix any more. */
export function mutateProgram(program: string, random: Random): string {
  const words = [
    '"',
    "''",
    '${',
    '}',
    '{',
    '(',
    ')',
    ';',
    '=',
    ':',
    '.',
    ',',
    '@',
    '?',
    '/',
    '\\',
    '$',
    "'",
    '#',
    '/*',
    '*/',
    'or',
    'let',
    'in',
    'rec',
    'inherit',
    '...',
    '<',
    '~',
    '!',
    '-',
    '1',
    'a',
  ];
  let mutated = program;
  for (let i = random.integer(0, 2); i >= 0; i--) {
    const at = random.integer(0, mutated.length);
    const to = at + random.integer(0, 3);
    const pieces = [mutated.slice(0, at), mutated.slice(at, to), mutated.slice(to)] as const;
    const middle = random.pick(['', pieces[1] + pieces[1], random.pick(words), pieces[1] + random.pick(words)]);
    mutated = pieces[0] + middle + pieces[2];
  }
  return mutated;
}

/** One string literal without interpolation. */
export function randomStringLiteral(random: Random): string {
  return new ProgramWriter(random).constantString();
}

class ProgramWriter {
  constructor(private readonly random: Random) {}

  program(size: number): string {
    return `${this.gap()}${this.expression(size, [])}${this.gap()}`;
  }

  constantString(): string {
    return this.random.chance(0.3) ? this.plainString(() => '') : this.indentedString(() => '');
  }

  private expression(size: number, scope: Scope): string {
    if (size <= 0 || this.random.chance(0.6)) return this.operation(size, scope);
    const less = size - 1;
    const inner = (names: Scope = scope) => this.expression(less, names);
    switch (this.random.integer(0, 5)) {
      case 0: {
        const name = this.name();
        return this.words(name, ':', ' ', inner([...scope, name]));
      }
      case 1:
        return this.formalsLambda(less, scope);
      case 2: {
        const names = this.names();
        const within = [...scope, ...names];
        return this.words('let ', this.bindings(less, within, names, scope), ' in ', inner(within));
      }
      case 3:
        return this.words('if ', inner(), ' then ', inner(), ' else ', inner());
      case 4:
        return this.words('with ', inner(), ';', inner());
      default:
        return this.words('assert ', inner(), ';', inner());
    }
  }

  private formalsLambda(size: number, scope: Scope): string {
    const names = this.names();
    const whole = NAMES.find((name) => !names.includes(name)) ?? 'args';
    const style = this.random.integer(0, 2);
    const within = style === 0 ? [...scope, ...names] : [...scope, ...names, whole];
    const formals = names.map((name) =>
      this.random.chance(0.4) ? this.words(name, ' ? ', this.expression(size - 1, within)) : name,
    );
    if (this.random.chance(0.4)) formals.push('...');
    const comma = formals.length > 0 && formals.at(-1) !== '...' && this.random.chance(0.3) ? ',' : '';
    const set = `{${this.gap()}${formals.join(` ,${this.gap()}`)}${comma}${this.gap()}}`;
    const head = style === 0 ? set : style === 1 ? this.words(whole, '@', set) : this.words(set, '@', whole);
    return this.words(head, ':', ' ', this.expression(size, within));
  }

  private operation(size: number, scope: Scope): string {
    if (size <= 0 || this.random.chance(0.5)) return this.application(size, scope);
    const operand = () => this.prefix() + this.application(size - 1, scope);
    // Comparisons do not chain: parentheses keep such a chain Nix.
    const terms = Array.from(
      { length: 1 + this.random.integer(0, 3) },
      () => [this.random.pick(OPERATORS), operand()] as const,
    );
    let text = operand();
    const used = new Set<string>();
    for (const [operator, term] of terms) {
      const family = /^[=!]=$/.test(operator) ? 'equality' : /^[<>]/.test(operator) ? 'order' : undefined;
      if (family && used.has(family)) text = `(${text})`;
      if (family) used.add(family);
      text = this.words(text, ` ${operator} `, term);
    }
    if (this.random.chance(0.15)) text = this.words(`(${text})`, ' ? ', this.path(size - 1, scope));
    return text;
  }

  private prefix(): string {
    return this.random.pick(['', '', '', '', '! ', '- ', '!', '- ! - ']);
  }

  private application(size: number, scope: Scope): string {
    const count = size > 0 && this.random.chance(0.3) ? 2 + this.random.integer(0, 1) : 1;
    return Array.from({ length: count }, () => this.select(size - 1, scope)).join(this.space());
  }

  private select(size: number, scope: Scope): string {
    const subject = this.simple(size, scope);
    if (size <= 0 || this.random.chance(0.75)) return subject;
    const selected = this.words(subject, ' .', this.path(size - 1, scope));
    return this.random.chance(0.3) ? this.words(selected, ' or ', this.select(size - 1, scope)) : selected;
  }

  private simple(size: number, scope: Scope): string {
    if (size <= 0) return this.atom(scope);
    switch (this.random.integer(0, 8)) {
      case 0:
        return this.words('(', this.expression(size - 1, scope), ')');
      case 1: {
        const items = Array.from({ length: this.random.integer(0, 3) }, () => this.select(size - 1, scope));
        return this.words('[', items.join(this.space()), ']');
      }
      case 2:
        return this.words('{', this.bindings(size - 1, scope, this.names(), scope), '}');
      case 3: {
        const names = this.names();
        return this.words('rec', '{', this.bindings(size - 1, [...scope, ...names], names, scope), '}');
      }
      case 4: {
        const names = this.names();
        const within = [...scope, ...names, 'body'];
        const body = this.words('body', '=', this.expression(size - 1, within), ';');
        return this.words('let', ' {', this.bindings(size - 1, within, names, scope), body, '}');
      }
      case 5:
        return this.plainString(() => this.interpolation(size - 1, scope));
      case 6:
        return this.indentedString(() => this.interpolation(size - 1, scope));
      case 7:
        return `${this.random.pick(['./', './a', 'b/c-', '~/', '/x.'])}${this.interpolation(size - 1, scope)}${this.random.pick(['', '.nix', '/d'])}`;
      default:
        return this.atom(scope);
    }
  }

  private atom(scope: Scope): string {
    switch (this.random.integer(0, 5)) {
      case 0:
        return this.random.pick(NUMBERS);
      case 1:
        return this.random.pick(PATHS.slice(0, 3).concat(PATHS.slice(4)));
      case 2:
        return this.random.pick(['<nixpkgs>', '<a/b-c.d>']);
      case 3:
        return this.random.pick(URIS);
      default:
        return this.random.pick([...BUILT_IN, ...scope, ...scope]);
    }
  }

  /** Bindings of some of `names`, all of them when they are what `within` sees as bound here. */
  private bindings(size: number, within: Scope, names: Scope, outside: Scope): string {
    return names.map((name) => this.binding(size, name, within, outside)).join(this.gap());
  }

  private binding(size: number, name: string, within: Scope, outside: Scope): string {
    const isOutside = outside.includes(name);
    if (isOutside && this.random.chance(0.2)) return this.words('inherit ', name, ';');
    const written = this.random.pick([name, `"${name}"`, `\${"${name}"}`]);
    if (this.random.chance(0.15))
      return this.words('inherit', '(', this.expression(size - 1, within), ')', written, ';');
    const path = this.random.chance(0.2) ? this.words(written, '.', this.path(size - 1, within)) : written;
    return this.words(path, ' =', this.expression(size, within), ';');
  }

  private path(size: number, scope: Scope): string {
    const step = () =>
      this.random.chance(0.8)
        ? this.random.pick([...NAMES, 'or', '"s p"'])
        : this.random.chance(0.5)
          ? this.interpolation(size, scope)
          : `"k${this.interpolation(size, scope)}"`;
    return Array.from({ length: 1 + this.random.integer(0, 1) }, step).join(this.random.pick(['.', ' . ']));
  }

  private interpolation(size: number, scope: Scope): string {
    return `\${${this.gap()}${this.expression(size, scope)}${this.gap()}}`;
  }

  private plainString(interpolation: () => string): string {
    return `"${this.text(PLAIN_TEXT, interpolation)}"`;
  }

  private indentedString(interpolation: () => string): string {
    return `''${this.text(INDENTED_TEXT, interpolation)}''`;
  }

  private text(pieces: readonly string[], interpolation: () => string): string {
    let text = '';
    for (let i = this.random.integer(0, 6); i > 0; i--) {
      const piece = this.random.chance(0.15) ? interpolation() : this.random.pick(pieces);
      // A dollar or quote before the piece or the end would change what that means.
      text += /[$']$/.test(text) && /^[$'{]|^$/.test(piece) ? ` ${piece}` : piece;
    }
    return /[$'\\]$/.test(text) ? `${text} ` : text;
  }

  private name(): string {
    return this.random.pick(NAMES);
  }

  private names(): string[] {
    const names = Array.from({ length: this.random.integer(0, 3) }, () => this.name());
    return [...new Set(names)];
  }

  private gap(): string {
    return this.random.chance(0.3) ? this.random.pick(TRIVIA) : '';
  }

  private space(): string {
    return ` ${this.gap()}`;
  }

  /** The pieces with a space or a comment between them now and then. */
  private words(...pieces: string[]): string {
    return pieces.join(this.random.chance(0.2) ? this.space() : this.random.chance(0.05) ? '\n' : ' ');
  }
}
