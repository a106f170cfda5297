import type { NixFile } from '../language/syntax.js';
import type { Thunk } from './value.js';

/** The names that an expression can see. Lexical names win over those of any `with`; among several `with`, the innermost is asked first. */
export class Scope {
  private constructor(
    readonly file: NixFile,
    private readonly names: ReadonlyMap<string, Thunk>,
    private readonly outer: Scope | undefined,
    /** The nearest `with` around, and the scope it stands in. */
    readonly nearestWith: { readonly subject: Thunk; readonly outer: Scope } | undefined,
    /** How many scopes a name may have to be looked for in. */
    readonly depth: number,
  ) {}

  /** The scope of a file, which sees nothing but Nix's own names. */
  static of(file: NixFile): Scope {
    return new Scope(file, new Map(), undefined, undefined, 1);
  }

  /** Some names inside of this scope; the map may be filled later, as recursive bindings are. */
  inner(names: ReadonlyMap<string, Thunk>): Scope {
    return new Scope(this.file, names, this, this.nearestWith, this.depth + 1);
  }

  /** The scope of the body of `with subject;`. */
  with(subject: Thunk): Scope {
    return new Scope(this.file, this.names, this.outer, { subject, outer: this }, this.depth + 1);
  }

  /** What a name is bound to lexically. */
  lexical(name: string): Thunk | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.outer) {
      const thunk = scope.names.get(name);
      if (thunk) return thunk;
    }
    return undefined;
  }
}
