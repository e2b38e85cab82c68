import type { Text } from "./catalogue";

/** The text in one language. The build puts something shorter here (see build.mjs). */
export const at = (text: Text, column: number): string => text[column]!;
