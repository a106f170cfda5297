declare module '*?worker' {
  /** The file of that name and all that it imports, as one script for a thread of its own. */
  export const source: string;
}
