import type { FluxErrorCode } from '../errors.js';

/** Everything a kernel, a driver or a backend may lack. */
export type Feature = 'hugepages' | 'link-events' | 'sharing' | 'processes';

export interface Capabilities {
  /** Can sockets be opened at all? */
  readonly supported: boolean;
  /** Why not, for people; empty when supported. */
  readonly reason: string;
  /** Why not, for programs: the code of the error that opening would throw. */
  readonly code?: FluxErrorCode | undefined;
  /** For example `linux 6.18.44 x64`. */
  readonly platform: string;
  readonly features: Readonly<Record<Feature, boolean>>;
}
