import { channel } from 'node:diagnostics_channel';

/**
 * What happens, for whoever subscribes with `node:diagnostics_channel`: one comparison where nobody
 * does. Messages: `{ mode, effective }`, `{ mode }`, `{ mode, error }`, `{ finding }`.
 */
const channels = {
  open: channel('fluxnet:open'),
  close: channel('fluxnet:close'),
  error: channel('fluxnet:error'),
  health: channel('fluxnet:health'),
} as const;

export function publish(name: keyof typeof channels, message: object): void {
  if (channels[name].hasSubscribers) channels[name].publish(message);
}
