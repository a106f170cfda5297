import type { AttributeSet } from '../../language/syntax.js';
import { rangeKey } from '../../values/value.js';
import type { Candidate, LocalCall } from './candidate.js';

/**
 * Finds the sets that are passed to a function of these files which passes nothing to a known fetcher. For such a pin, the files do not show what
 * fetches it.
 */
export class ForeignFetchers {
  private readonly byLiteral = new Map<AttributeSet, LocalCall>();

  constructor(localCalls: readonly LocalCall[], candidates: readonly Candidate[]) {
    const pulls = candidates.filter(({ kind }) => kind === 'call');
    const pulling = new Set(pulls.map(({ node }) => rangeKey(node)));
    const pulled = new Set(pulls.flatMap(({ value }) => (value.kind === 'set' ? value.literals : [])));
    for (const call of localCalls) {
      if (pulling.has(rangeKey(call.node))) continue;
      for (const { literals } of call.given) {
        for (const literal of literals) if (!pulled.has(literal)) this.byLiteral.set(literal, call);
      }
    }
  }

  /** The call of such a function that takes one of these sets. */
  of(literals: readonly AttributeSet[]): LocalCall | undefined {
    return literals.flatMap((literal) => this.byLiteral.get(literal) ?? [])[0];
  }
}
