/** `enum rt_scope_t` (include/uapi/linux/rtnetlink.h); numbers in between are an administrator's. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'global',
  200: 'site',
  253: 'link',
  254: 'host',
  255: 'nowhere',
};

export function scopeName(scope: number): string {
  return NAMES[scope] ?? String(scope);
}
