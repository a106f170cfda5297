// Longer than any image's name with its tag.
const LONGEST_NAME = 400;
const PART_OF_NAME = /[\w.:/-]/;

/** The name of an image that ends in front of an offset, as far as its characters go; empty when there is none. */
export function nameBefore(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && offset - start < LONGEST_NAME && PART_OF_NAME.test(text[start - 1] ?? '')) start--;
  return text.slice(start, offset);
}
