/** A text from outside as a message shows it: in quotes, cut where it is long, without characters that steer a terminal. */
export function shown(text: string, maxLength = 80): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength - 3)}...` : text;
  return JSON.stringify(cut).replace(/[\x7f-\x9f]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
}
