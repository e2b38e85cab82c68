/** Paths of the line icons, drawn on 24 units. */
export const waves =
  "M12 13.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3M8.5 15.5a5 5 0 0 1 0-7M15.5 8.5a5 5 0 0 1 0 7M5.6 18.4a9 9 0 0 1 0-12.8M18.4 5.6a9 9 0 0 1 0 12.8";
export const close =
  "M6 6l12 12M18 6L6 18";
export const menu =
  "M5 7h14M5 12h14M5 17h14";
export const leave =
  "M14 4h5v16h-5M4 12h10M10 8l4 4-4 4";
export const send =
  "M12 19V5M6 11l6-6 6 6";
export const phone =
  "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A15 15 0 0 1 3 6a2 2 0 0 1 2-2";
export const text =
  "M4 5h16v11H9l-5 4z";
export const up =
  "M6 15l6-6 6 6";
