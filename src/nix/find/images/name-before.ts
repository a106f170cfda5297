// Longer than any image's name with its tag.
const LONGEST_NAME = 400;
const PART_OF_NAME = /[\w.:/-]/;

/** The name of an image that ends right before an offset; empty when no character there can be part of a name. */
export function nameBefore(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && offset - start < LONGEST_NAME && PART_OF_NAME.test(text[start - 1] ?? '')) start--;
  return text.slice(start, offset);
}
