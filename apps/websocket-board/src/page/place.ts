/** Where on the board a pointer is, as parts of its width and height. */
export function placeOf(pointer: MouseEvent, board: Element | null): { readonly x: number; readonly y: number } {
  const { left, top, width, height } = board?.getBoundingClientRect() ?? new DOMRect();
  const part = (offset: number, whole: number) => Math.min(1, Math.max(0, offset / whole || 0));
  return { x: part(pointer.clientX - left, width), y: part(pointer.clientY - top, height) };
}
