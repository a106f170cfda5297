/** The newest version of npins' sources.json that is known, and the one of a file that is made, also by the template `npins`. */
export const NPINS_VERSION = 8;
