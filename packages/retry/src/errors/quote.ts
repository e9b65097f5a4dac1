/** An id as an error message shows it: quoted, and cut where it is long. */
export function quote(id: string): string {
  return JSON.stringify(id.length > 120 ? `${id.slice(0, 117)}...` : id);
}
