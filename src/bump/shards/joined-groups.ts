import type { SourceRange } from '../../nix/values/value.js';

/** A range of a file, and whose it is. */
export interface OwnedPlace<Member> {
  readonly place: SourceRange;
  readonly member: Member;
}

/** Members that belong together because they have something in common, directly or by others. */
export class JoinedGroups<Member> {
  private readonly parents = new Map<Member | string, Member | string>();

  /** Says that a member has something, which a text names. All members that have it belong together. */
  join(member: Member, common: string): void {
    this.parents.set(this.of(member), this.of(common));
  }

  /** Joins the members whose ranges have a character, or their beginnings, in common. */
  joinTouching(places: readonly OwnedPlace<Member>[]): void {
    let last: { readonly file: string; readonly start: number; end: number; readonly name: string } | undefined;
    for (const { place, member } of places.toSorted((a, b) => inSource(a.place, b.place))) {
      const { file, start, end } = place;
      if (last?.file === file && (start < last.end || start === last.start)) last.end = Math.max(last.end, end);
      else last = { file, start, end, name: `place ${start} ${file}` };
      this.join(member, last.name);
    }
  }

  /** What stands for the group of a member. */
  of(member: Member | string): Member | string {
    let root = member;
    for (let next = this.parents.get(root); next !== undefined && next !== root; next = this.parents.get(root))
      root = next;
    // The way is kept short for the next question.
    for (let at = member; at !== root; ) {
      const next = this.parents.get(at) ?? root;
      this.parents.set(at, root);
      at = next;
    }
    return root;
  }
}

function inSource(a: SourceRange, b: SourceRange): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.start - b.start || a.end - b.end;
}
