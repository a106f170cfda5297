/** Something in a template that is refused before it is applied, with its line. */
export interface TemplateFlaw {
  readonly line: number;
  readonly problem: string;
}

const LONGEST = 256 * 1024;
// Handlebars calls itself for each level.
const DEEPEST = 100;

/** What Handlebars keeps for itself, and what every object of JavaScript has. */
function isReserved(name: unknown): boolean {
  return typeof name === 'string' && (name in Object.prototype || /^(?:block)?helperMissing$/i.test(name));
}

/** A template that is too large or nested too deep to be parsed. */
export function sizeFlaw(source: string): TemplateFlaw | undefined {
  if (source.length > LONGEST) return { line: 1, problem: `the template is larger than ${LONGEST / 1024} KiB` };
  const depth = new Depth();
  for (const { 0: mark } of source.matchAll(MARKS)) {
    depth.pass(mark);
    if (depth.isTooDeep) return { line: depth.line, problem: `it is nested more than ${DEEPEST} levels deep` };
  }
  return undefined;
}

const MARKS = /\n|\{\{~?(?:[#/]|\^(?!~?\}))?|\}\}|[()]/g;

/** How deep the blocks and the parentheses of a template are. */
class Depth {
  line = 1;
  private blocks = 0;
  private parentheses = 0;
  private isInside = false;

  get isTooDeep(): boolean {
    return Math.max(this.blocks, this.parentheses) > DEEPEST;
  }

  pass(mark: string): void {
    if (mark === '\n') this.line++;
    else if (mark.startsWith('{{')) this.open(mark);
    else if (mark === '}}') this.isInside = false;
    else if (this.isInside) this.parentheses += mark === '(' ? 1 : -1;
  }

  private open(mark: string): void {
    this.isInside = true;
    this.parentheses = 0;
    if (/[#^]$/.test(mark)) this.blocks++;
    if (mark.endsWith('/')) this.blocks--;
  }
}

interface Node {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
}

/** The first use of a name that no template may use, or of a part of Handlebars that templates do not have. */
export function nameFlaw(program: unknown): TemplateFlaw | undefined {
  for (const node of nodesOf(program)) {
    const line = node.loc.start.line;
    const reserved = partsOf(node).find(isReserved);
    if (reserved !== undefined) return { line, problem: `there is no value or helper called '${String(reserved)}'` };
    if (node.type === 'Decorator') return { line, problem: 'a template has no decorators' };
  }
  return undefined;
}

/** The first line in which a path has a name. */
export function lineOfName(program: unknown, name: string): number | undefined {
  for (const node of nodesOf(program)) if (partsOf(node).includes(name)) return node.loc.start.line;
  return undefined;
}

/** How the values that a helper is given are written, by the place of the call; undefined for a value that has no name. */
export type WrittenArguments = ReadonlyMap<string, readonly (string | undefined)[]>;

export function writtenArguments(program: unknown): WrittenArguments {
  const found = new Map<string, readonly (string | undefined)[]>();
  for (const node of nodesOf(program)) {
    const params: readonly unknown[] = 'params' in node && Array.isArray(node.params) ? node.params : [];
    const written = params.map((each) => (isNode(each) && 'original' in each ? String(each.original) : undefined));
    if (written.length > 0) found.set(placeOf(node), written);
  }
  return found;
}

/** The first path that has a name behind another one, as it is written: `image.name`. */
export function dottedPath(program: unknown, name: string): string | undefined {
  for (const node of nodesOf(program)) {
    const parts = partsOf(node);
    if (parts.indexOf(name) > 0 && 'original' in node) return String(node.original);
  }
  return undefined;
}

/** A place as one word. */
export function placeOf({ loc }: Pick<Node, 'loc'>): string {
  return `${loc.start.line}:${loc.start.column}`;
}

/** The partials that a template calls by name; those that it defines itself are not among them. */
export function partialNames(program: unknown): { readonly name: string; readonly line: number }[] {
  const nodes = [...nodesOf(program)];
  const inline = new Set(nodes.filter(({ type }) => type === 'DecoratorBlock').flatMap(inlineName));
  return nodes.flatMap((node) => {
    if (!node.type.startsWith('Partial') || !('name' in node) || !isNode(node.name)) return [];
    const name = 'original' in node.name ? String(node.name.original) : '';
    return inline.has(name) ? [] : [{ name, line: node.loc.start.line }];
  });
}

/** The name that `{{#*inline "name"}}` gives. */
function inlineName(node: Node): string[] {
  const [first] = 'params' in node && Array.isArray(node.params) ? node.params : [];
  return isNode(first) && 'value' in first ? [String(first.value)] : [];
}

/** Whether a value or a helper of this name is used anywhere in a template. */
export function mentions(program: unknown, name: string): boolean {
  for (const node of nodesOf(program)) if (partsOf(node)[0] === name) return true;
  return false;
}

function partsOf(node: Node): readonly unknown[] {
  return node.type === 'PathExpression' && 'parts' in node && Array.isArray(node.parts) ? node.parts : [];
}

/** All nodes of a syntax tree, in the order of the template. */
function* nodesOf(program: unknown): Generator<Node> {
  const waiting = [program];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (isNode(next)) yield next;
    for (const part of Object.values(next).reverse()) waiting.push(part);
  }
}

function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('loc' in value)) return false;
  // An empty block has no place.
  return typeof value.loc === 'object' && value.loc !== null;
}
