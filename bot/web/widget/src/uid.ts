let counter = 0;

/** An id for label, description and error relations inside the shadow root. */
export const uid = (): string => `a${++counter}`;
