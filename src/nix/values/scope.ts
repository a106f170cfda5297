import type { NixFile } from '../language/syntax.js';

/** What names are bound to. A Map is one; others may make what they give when it is asked for. */
export interface Bindings<Bound> {
  get(name: string): Bound | undefined;
}

/**
 * The names that an expression can see, and what each is `Bound` to. Lexical names win over those of any `with`; among several `with`,
 * the innermost is asked first.
 */
export class NameScope<Bound> {
  private constructor(
    readonly file: NixFile,
    private readonly names: Bindings<Bound>,
    private readonly outer: NameScope<Bound> | undefined,
    /** The nearest `with` around, and the scope it stands in. */
    readonly nearestWith: { readonly subject: Bound; readonly outer: NameScope<Bound> } | undefined,
    /** How many scopes a look-up may have to search. */
    readonly depth: number,
  ) {}

  /** The scope of a file, which sees nothing but Nix's own names. */
  static of<Bound>(file: NixFile): NameScope<Bound> {
    return new NameScope<Bound>(file, new Map(), undefined, undefined, 1);
  }

  /** Some names inside of this scope; a Map may be filled later, as recursive bindings are. */
  inner(names: Bindings<Bound>): NameScope<Bound> {
    return new NameScope(this.file, names, this, this.nearestWith, this.depth + 1);
  }

  /** The scope of the body of `with subject;`. */
  with(subject: Bound): NameScope<Bound> {
    return new NameScope(this.file, this.names, this.outer, { subject, outer: this }, this.depth + 1);
  }

  /** What a name is bound to lexically. */
  lexical(name: string): Bound | undefined {
    for (let scope: NameScope<Bound> | undefined = this; scope; scope = scope.outer) {
      const bound = scope.names.get(name);
      if (bound !== undefined) return bound;
    }
    return undefined;
  }
}
