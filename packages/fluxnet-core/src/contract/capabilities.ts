/** Everything a kernel, a driver or a backend may lack. */
export type Feature = 'hugepages' | 'link-events' | 'sharing';

export interface Capabilities {
  /** Can sockets be opened at all? */
  readonly supported: boolean;
  /** Why not, for people; empty when supported. */
  readonly reason: string;
  /** For example `linux 6.18.44 x64`. */
  readonly platform: string;
  readonly features: Readonly<Record<Feature, boolean>>;
}
