/** What the harness tells a contender, as JSON in its only argument. */
export interface ContenderConfig {
  readonly job:
    | 'rxdrop'
    | 'txonly'
    | 'l2fwd'
    | 'ring-pass'
    | 'decode'
    | 'checksum'
    | 'filter'
    | 'lpm-ipv4'
    | 'lpm-ipv6'
    | 'sim-forward';
  readonly interfaces: readonly string[];
  readonly settings: Settings;
}

/** The same for both sides. */
export interface Settings {
  readonly batch: number;
  readonly ringSize: number;
  readonly frameCount: number;
  /** Bytes. */
  readonly frameSize: number;
  /** Bytes of a packet that is sent. */
  readonly packetLength: number;
  /** Packets per kick, where the kernel has the option: what fluxnet asks for by itself. */
  readonly txBudget: number;
}

export const SETTINGS: Settings = {
  batch: 64,
  ringSize: 2048,
  frameCount: 4096,
  frameSize: 2048,
  packetLength: 64,
  txBudget: 256,
};
