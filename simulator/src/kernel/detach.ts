/**
 * Makes every view of a buffer read as empty, as unmapping does on the kernel backend. The
 * bytes move to a clone that nobody keeps.
 */
export function detach(buffer: ArrayBuffer): void {
  structuredClone(buffer, { transfer: [buffer] });
}
